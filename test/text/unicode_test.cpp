#include "text/unicode.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <set>

#include "assay/util/utf8.hpp"
#include "text/vectors.hpp"

using namespace assay::text;

namespace {

std::string utf8(char32_t code) {
  std::string text;
  assay::util::append_character(text, code);
  return text;
}

}  // namespace

TEST_CASE("character classes are the tokenizers library's for every character") {
  const auto classes = assay::test::read_classes(std::string(ASSAY_TEST_DATA) + "/text/classes.jsonl.gz");
  const std::map<std::string, std::function<bool(char32_t)>> tests = {
      {"letter", is_letter},
      {"number", is_number},
      {"numeric", is_number},
      {"space", is_space},
      {"punctuation", is_punctuation},
      {"mark", is_mark},
      {"lowered", [](char32_t c) { return to_lower(utf8(c)) != utf8(c); }},
      {"nfc", [](char32_t c) { return normalize(utf8(c), NormalForm::nfc) != utf8(c); }},
      {"nfd", [](char32_t c) { return normalize(utf8(c), NormalForm::nfd) != utf8(c); }},
      {"nfkc", [](char32_t c) { return normalize(utf8(c), NormalForm::nfkc) != utf8(c); }},
      {"nfkd", [](char32_t c) { return normalize(utf8(c), NormalForm::nfkd) != utf8(c); }},
  };
  const auto& known = classes.at("known");
  REQUIRE(known.size() > 270'000);
  for (const auto& [name, test] : tests) {
    const auto& wanted = classes.at(name);
    std::size_t wrong = 0;
    unsigned first = 0;
    for (const char32_t code : known) {
      if (test(code) == wanted.contains(code)) continue;
      if (wrong++ == 0) first = code;
    }
    INFO(name << ": first wrong U+" << std::hex << first);
    CHECK(wrong == 0);
  }
}

TEST_CASE("normal forms decompose, order marks and compose") {
  CHECK(normalize("e\u0301", NormalForm::nfc) == "\u00e9");
  CHECK(normalize("\u00e9", NormalForm::nfd) == "e\u0301");
  CHECK(normalize("\u212b", NormalForm::nfc) == "\u00c5");
  CHECK(normalize("q\u0307\u0323", NormalForm::nfc) == "q\u0323\u0307");
  CHECK(normalize("\u1100\u1161\u11a8", NormalForm::nfc) == "\uac01");
  CHECK(normalize("\ufb01\u00bd", NormalForm::nfkc) == "fi1\u20442");
  CHECK(normalize("\u0958", NormalForm::nfc) == "\u0915\u093c");  // excluded from composition
  CHECK(normalize("plain", NormalForm::nfkd) == "plain");
  // U+1DF6 (Unicode 10) is unknown to the reference: marks are not ordered across it.
  CHECK(normalize("a\u1df6\u0323", NormalForm::nfd) == "a\u1df6\u0323");
  CHECK(normalize("\U00011935\U00011930", NormalForm::nfc) == "\U00011935\U00011930");
}

TEST_CASE("a long run of marks in the worst order is put in order") {
  std::string text = "a";
  std::string wanted = "a";
  constexpr int pairs = 100'000;
  for (int i = 0; i < pairs; ++i) text += "\u0301\u0327";
  for (int i = 0; i < pairs; ++i) wanted += "\u0327";
  for (int i = 0; i < pairs; ++i) wanted += "\u0301";
  CHECK(normalize(text, NormalForm::nfd) == wanted);
}

TEST_CASE("words are what Rust's regular expressions call words") {
  for (const char32_t code : {U'a', U'Z', U'7', U'_', U'\u00e9', U'\u0301', U'\u200d', U'\u24b6', U'\u2167'})
    CHECK(is_word(code));
  for (const char32_t code : {U'-', U' ', U'\u00b2', U'\u2460', U'\u2603', U'\u20ac'})
    CHECK_FALSE(is_word(code));
}

TEST_CASE("lower case is character by character") {
  CHECK(to_lower("\u0130A\u1e9e\u03a3") == "i\u0307a\u00df\u03c3");
}
