// What a document has to say, what lm-eval leaves to chance, and responses that are meant to hurt.
#include <catch2/catch.hpp>

#include "assay/util/error.hpp"
#include "eval/ifeval/ifeval.hpp"
#include "eval/ifeval/json_acceptance.hpp"
#include "eval/ifeval/language.hpp"
#include "eval/ifeval/punkt.hpp"
#include "test/eval/ifeval/ifeval_support.hpp"

namespace assay::eval {
namespace {

using Catch::Contains;

util::OrderedJson document(const std::string& id, const std::string& kwargs) {
  return util::parse_ordered_json(
      R"({"key": 7, "prompt": "p", "instruction_id_list": [")" + id + R"("], "kwargs": [)" + kwargs + "]}",
      "test");
}

// The message that refuses a document.
std::string refusal(const util::OrderedJson& bad) {
  try {
    check_ifeval_document(bad);
  } catch (const util::InputError& error) {
    return error.what();
  }
  return "accepted";
}

bool strictly(const util::OrderedJson& document, std::string_view response) {
  return check_instructions(document, response).strict.at(0);
}

std::string repeated(std::string_view part, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += part;
  return text;
}

}  // namespace

TEST_CASE("documents that cannot be checked are refused in one sentence") {
  CHECK_THAT(refusal(document("keywords:existance", "{}")),
             Contains("IFEval document 7: \"keywords:existance\" is none of IFEval's instructions") &&
                 Contains("did you mean \"keywords:existence\"?"));
  CHECK_THAT(refusal(document("keywords:existence", "{}")), Contains("\"keywords\" is missing"));
  CHECK_THAT(refusal(document("keywords:existence", R"({"keywords": []})")), Contains("at random"));
  CHECK_THAT(refusal(document("keywords:existence", R"({"keywords": "word"})")), Contains("list of strings"));
  CHECK_THAT(refusal(document("keywords:existence", R"({"keywords": ["a", 1]})")),
             Contains("list of strings"));
  CHECK_THAT(refusal(document("keywords:existence", R"({"keywords": ["(a"]})")), Contains("(a"));
  CHECK_THAT(refusal(document("keywords:existence", R"({"keywords": ["a"], "frequency": 2})")),
             Contains("\"frequency\" is none of its arguments"));
  CHECK_THAT(refusal(document("keywords:letter_frequency",
                              R"({"letter": "ab", "let_frequency": 2, "let_relation": "at least"})")),
             Contains("one character"));
  CHECK_THAT(
      refusal(document("length_constraints:number_words", R"({"num_words": 0, "relation": "at least"})")),
      Contains("num_words"));
  CHECK_THAT(
      refusal(document("length_constraints:number_words", R"({"num_words": -1, "relation": "at least"})")),
      Contains("negative"));
  CHECK_THAT(
      refusal(document("length_constraints:number_words", R"({"num_words": "9", "relation": "at least"})")),
      Contains("should be a number"));
  CHECK_THAT(
      refusal(document("length_constraints:number_words", R"({"num_words": true, "relation": "at least"})")),
      Contains("should be a number"));
  CHECK_THAT(
      refusal(document("length_constraints:number_words", R"({"num_words": 9, "relation": "at most"})")),
      Contains("\"less than\" or \"at least\""));
  CHECK_THAT(refusal(document("length_constraints:nth_paragraph_first_word",
                              R"({"num_paragraphs": 2, "nth_paragraph": 3, "first_word": "a"})")),
             Contains("only \"num_paragraphs\""));
  CHECK_THAT(refusal(document("length_constraints:nth_paragraph_first_word",
                              R"({"num_paragraphs": 2.5, "nth_paragraph": 1, "first_word": "a"})")),
             Contains("whole number"));
  CHECK_THAT(refusal(document("punctuation:no_comma", R"({"num_words": 3})")),
             Contains("none of its arguments"));
  CHECK_THAT(refusal(document("punctuation:no_comma", "3")), Contains("should be an object"));
  CHECK_THAT(refusal(util::parse_ordered_json(
                 R"({"key": 7, "instruction_id_list": ["punctuation:no_comma"]})", "t")),
             Contains("no list \"kwargs\""));
  CHECK_THAT(refusal(util::parse_ordered_json(
                 R"({"key": 7, "instruction_id_list": ["punctuation:no_comma"], "kwargs": []})", "t")),
             Contains("1 instructions, but only 0"));
  CHECK_THAT(refusal(util::parse_ordered_json(R"({"instruction_id_list": [3], "kwargs": [{}]})", "t")),
             Contains("is not a string"));
  CHECK_THAT(refusal(util::parse_ordered_json("[]", "t")), Contains("no list"));
  CHECK(refusal(document("punctuation:no_comma", R"({"num_words": null, "language": "", "frequency": 0})")) ==
        "accepted");
}

TEST_CASE("languages are known, and asked for only where they can be told") {
  const std::string told = can_detect_language() ? "accepted" : "built without";
  CHECK_THAT(refusal(document("language:response_language", R"({"language": "fi"})")), Contains(told));
  CHECK_THAT(refusal(document("language:response_language", R"({"language": "xx"})")),
             Contains("none of IFEval's languages"));
}

TEST_CASE("a letter beside a to z is counted itself") {
  const auto hashes = document("keywords:letter_frequency",
                               R"({"letter": "#", "let_frequency": 2, "let_relation": "at least"})");
  CHECK(strictly(hashes, "# and #"));
  CHECK_FALSE(strictly(hashes, "# and a a a"));
}

TEST_CASE("the share of instructions is over all samples") {
  CHECK(aggregate_instructions({{true}, {false, false}, {}, {true}}) == 0.5);
  CHECK_THROWS_AS(aggregate_instructions({{}}), util::InputError);
  const IfevalOutcome none = check_instructions(
      util::parse_ordered_json(R"({"instruction_id_list": [], "kwargs": []})", "t"), "anything");
  CHECK((none.all_strict() && none.all_loose()));
  const IfevalOutcome loose_only = check_instructions(document("startend:quotation", "{}"), "Here:\n\"a\"");
  CHECK_FALSE(loose_only.all_strict());
  CHECK(loose_only.all_loose());
}

TEST_CASE("bytes that are no UTF-8 are one character each") {
  const auto words =
      document("length_constraints:number_words", R"({"num_words": 2, "relation": "at least"})");
  CHECK(strictly(words, "one\xff\xfetwo"));
  CHECK(strictly(document("change_case:capital_word_frequency",
                          R"({"capital_frequency": 1, "capital_relation": "at least"})"),
                 "\xc3 A\xe2\x82"));
}

TEST_CASE("long responses take time linear in their length") {
  constexpr std::size_t bytes = 1U << 17U;
  const std::string bullets = R"({"num_bullets": 100000000})";
  const std::string many = R"({"capital_frequency": 100000000, "capital_relation": "at least"})";
  const std::string sentences = R"({"num_sentences": 100000000, "relation": "at least"})";
  for (const std::string_view part :
       {"\n", "*", "[", "**\n", " ", ".", ". ", "!)", "\"", "a.b", "-", "<<", "http://", "a@", "\xc2\xa0"}) {
    INFO(part);
    const std::string text = "x" + repeated(part, bytes);
    CHECK_FALSE(strictly(document("detectable_format:number_bullet_lists", bullets), text));
    CHECK_FALSE(
        strictly(document("detectable_content:number_placeholders", R"({"num_placeholders": 1e8})"), text));
    CHECK_FALSE(strictly(
        document("detectable_format:number_highlighted_sections", R"({"num_highlights": 1e8})"), text));
    CHECK_FALSE(strictly(document("length_constraints:number_sentences", sentences), text));
    CHECK_FALSE(strictly(document("change_case:capital_word_frequency", many), text));
    CHECK_FALSE(strictly(document("detectable_format:title", "{}"), text));
    CHECK_FALSE(
        strictly(document("detectable_content:postscript", R"({"postscript_marker": "P.S."})"), text));
    if (can_detect_language()) static_cast<void>(detect_language(text));
  }
  const std::string shouting = "X" + repeated(" DON'T. \"A\"--B...", bytes / 8);
  CHECK_FALSE(strictly(document("change_case:capital_word_frequency", many), shouting));
}

TEST_CASE("deeply nested JSON is read without recursion") {
  constexpr std::size_t levels = 1U << 20U;
  CHECK(python_reads_json(std::string(levels, '[') + std::string(levels, ']')));
  CHECK_FALSE(python_reads_json(std::string(levels, '[') + std::string(levels - 1, ']')));
  CHECK_FALSE(python_reads_json(repeated("{\"a\":", levels)));
}

TEST_CASE("a regular expression that backtracks without end is an error") {
  const auto costly = document("keywords:existence", R"({"keywords": ["(a+)+$"]})");
  CHECK_THROWS_AS(check_instructions(costly, std::string(64, 'a') + "b"), util::InputError);
}

}  // namespace assay::eval
