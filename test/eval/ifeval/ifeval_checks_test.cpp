// Verdicts and the counts that they rest on against those of lm-eval, recorded by
// scripts/reference/ifeval_checks.py.
#include <catch2/catch.hpp>

#include "eval/ifeval/ifeval.hpp"
#include "eval/ifeval/language.hpp"
#include "eval/ifeval/punkt.hpp"
#include "eval/ifeval/word_tokens.hpp"
#include "test/eval/ifeval/ifeval_support.hpp"

namespace assay::eval {
namespace {

constexpr std::size_t no_limit = 1U << 30U;

const util::OrderedJson& recorded() {
  static const util::OrderedJson data = test::read_gzipped_json(test::ifeval_data() / "checks.json.gz");
  return data;
}

// A response of the record; short enough for a message.
std::string quoted(const util::OrderedJson& response) {
  return response.get<std::string>().substr(0, 300);
}

bool needs_language(const util::OrderedJson& document) {
  const std::string ids = document["instruction_id_list"].dump();
  return ids.find("language:") != std::string::npos || ids.find("english_") != std::string::npos;
}

}  // namespace

TEST_CASE("verdicts are lm-eval's for every document and response") {
  std::size_t compared = 0;
  for (const auto& row : recorded()["documents"]) {
    if (needs_language(row["document"]) && !can_detect_language()) continue;
    for (std::size_t i = 0; i < recorded()["responses"].size(); ++i) {
      const auto& response = recorded()["responses"][i];
      const IfevalOutcome outcome = check_instructions(row["document"], response.get<std::string>());
      INFO(row["document"].dump() << "\n" << quoted(response));
      CHECK(test::bits(outcome) == row["verdicts"][i].get<std::string>());
      compared += outcome.strict.size();
    }
  }
  CHECK(compared > 15000);
}

namespace {

// `expected`: sentences, words and words in capitals of `text`.
void check_measures(const std::string& text, const util::OrderedJson& expected, std::size_t first) {
  INFO(text.substr(0, 300));
  std::vector<std::string> sentences;
  for_each_sentence(text, [&](std::string_view sentence) {
    sentences.emplace_back(sentence);
    return true;
  });
  CHECK(sentences == expected[first].get<std::vector<std::string>>());
  CHECK(count_word_runs(text, no_limit) == expected[first + 1].get<std::size_t>());
  CHECK(count_capital_tokens(text, no_limit) == expected[first + 2].get<std::size_t>());
}

}  // namespace

TEST_CASE("sentences, words and words in capitals are nltk's") {
  for (std::size_t i = 0; i < recorded()["responses"].size(); ++i)
    check_measures(recorded()["responses"][i].get<std::string>(), recorded()["measures"][i], 0);
}

TEST_CASE("sentences, words and words in capitals of random texts are nltk's") {
  for (const auto& row : recorded()["random"]) check_measures(row[0].get<std::string>(), row, 1);
}

TEST_CASE("languages are langdetect's") {
  if (!can_detect_language())
    return assay::test::skip("this build has no language profiles (python3-langdetect)");
  for (std::size_t i = 0; i < recorded()["responses"].size(); ++i) {
    const auto& expected = recorded()["measures"][i][3];
    const auto found = detect_language(recorded()["responses"][i].get<std::string>());
    INFO(quoted(recorded()["responses"][i]));
    CHECK(found.has_value() == !expected.is_null());
    if (found && !expected.is_null()) CHECK(*found == expected.get<std::string>());
  }
}

TEST_CASE("counting stops at its limit") {
  CHECK(count_sentences("One. Two. Three.", 2) == 2);
  CHECK(count_sentences("One. Two. Three.", 0) == 0);
  CHECK(count_word_runs("one two three", 2) == 2);
  CHECK(count_capital_tokens("A B C. D E", 4) == 4);
}

}  // namespace assay::eval
