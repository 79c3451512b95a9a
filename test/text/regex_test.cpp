#include "text/regex.hpp"

#include <catch2/catch.hpp>

#include "assay/util/error.hpp"
#include "assay/util/utf8.hpp"
#include "text/regex_scanners.hpp"
#include "text/vectors.hpp"

using namespace assay::text;
using assay::util::InputError;

namespace {

std::vector<std::string> pieces(const Regex& regex, const std::string& text) {
  std::vector<std::string> out;
  for (const ByteRange& range : regex.find_all(text))
    out.push_back(text.substr(range.begin, range.end - range.begin));
  return out;
}

const std::string gpt4_head = R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|)";
const std::string gpt4_tail = R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

}  // namespace

TEST_CASE("Ruby syntax is rewritten for PCRE2") {
  CHECK(to_pcre2(R"(\s[\S\w])", "p") == R"(\p{White_Space}[\P{White_Space}\p{Alphabetic}\p{M}\p{Nd}\p{Pc}])");
  CHECK(to_pcre2(R"(\h\u00e9)", "p") == R"([0-9a-fA-F]\x{00e9})");
  CHECK(to_pcre2(R"(\p{^Han}\P{Latin}\p{Lu})", "p") == R"(\P{sc:Han}\P{sc:Latin}\p{Lu})");
  CHECK(to_pcre2(R"([^(\s|[.,!])]+)", "p") == R"([^(\p{White_Space}|.,!)]+)");
  CHECK(to_pcre2(R"([[:alpha:]\]])", "p") == R"([[:alpha:]\]])");
}

TEST_CASE("syntax that cannot be carried over is refused by name") {
  for (const char* pattern : {"[a&&b]", "[a[^b]]", "(?m:.)", "a{1,2}+", "[a", "[]", "a\\", "[a-[b]]",
                              "[[a]-z]", "\\pL", "\\u12", "(", "[\\W]", "a{99999999}"}) {
    INFO(pattern);
    CHECK_THROWS_WITH(Regex(pattern, "tokenizer.json: pre_tokenizer.pattern"),
                      Catch::StartsWith("tokenizer.json: pre_tokenizer.pattern"));
  }
  CHECK_THROWS_AS(Regex(std::string(20'000, 'a'), "p"), InputError);
}

TEST_CASE("matches follow each other as Oniguruma's do") {
  CHECK(pieces(Regex("x*", "p"), "axxb") == std::vector<std::string>{"", "xx", ""});
  CHECK(pieces(Regex("^a", "p"), "ab\nab") == std::vector<std::string>{"a", "a"});
  CHECK(pieces(Regex(R"(\bé)", "p"), "éé é") == std::vector<std::string>{"é", "é"});
  CHECK(pieces(Regex(".", "p"), "\r\n\u2028").size() == 2);
  CHECK(Regex("b", "p").find_all("").empty());
}

TEST_CASE("U+180E is no white space, unlike PCRE2's own \\s") {
  CHECK(Regex(R"(\s)", "p").find_all("\u180e").empty());
  CHECK(Regex(R"(\s)", "p").find_all("\u0085\u00a0\u3000").size() == 3);
}

TEST_CASE("a pattern that explodes is stopped") {
  const Regex bomb("(a*)*b|(a|aa)+c", "tokenizer.json: pattern");
  CHECK_THROWS_WITH(bomb.find_all(std::string(200, 'a')), Catch::Contains("tokenizer.json: pattern"));
  CHECK(bomb.find_all("aab").size() == 1);
}

TEST_CASE("long runs match within the budget") {
  const Regex regex(R"(\s*[\r\n]+|\s+(?!\S)|\s+|\S+)", "p");
  const std::string text = std::string(1 << 20, ' ') + "x";
  const auto found = regex.find_all(text);
  REQUIRE(found.size() == 3);
  CHECK(found[0].end == (1U << 20) - 1);
}

TEST_CASE("the hand-written scanners match what their patterns match") {
  const auto strings = assay::test::read_strings(std::string(ASSAY_TEST_DATA) + "/text/strings.jsonl.gz");
  const std::vector<std::string> patterns = {
      std::string(gpt2_pattern), gpt4_head + R"(\p{N}{1,3})" + gpt4_tail, gpt4_head + R"(\p{N})" + gpt4_tail};
  for (const std::string& pattern : patterns) {
    const auto known = known_pattern(pattern);
    REQUIRE(known.has_value());
    const Regex regex(pattern, "p");
    std::size_t wrong = 0;
    for (const std::string& raw : strings) {
      const std::string text = assay::util::replace_invalid_utf8(raw);
      std::vector<ByteRange> found;
      scan(*known, text, 0, found);
      if (found != regex.find_all(text)) ++wrong;
    }
    CHECK(wrong == 0);
  }
  CHECK_FALSE(known_pattern(R"(\p{L}+)").has_value());
}
