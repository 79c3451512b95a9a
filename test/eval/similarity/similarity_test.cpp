// BLEU, chrF, TER and ROUGE against sacrebleu and rouge-score, stems against NLTK, to the last bit.
#include "eval/metric_support.hpp"
#include "eval/similarity/bleu.hpp"
#include "eval/similarity/chrf.hpp"
#include "eval/similarity/porter_stemmer.hpp"
#include "eval/similarity/rouge.hpp"
#include "eval/similarity/ter.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

TEST_CASE("texts are split into tokens as sacrebleu splits them") {
  const OrderedJson record = test::metric_record("similarity");
  int compared = 0;
  for (const auto& [name, all] : record["tokens"].items()) {
    const auto tokenizer = bleu_tokenizer(name);
    REQUIRE(tokenizer.has_value());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string text = record["texts"][i];
      CAPTURE(name, text);
      CHECK(bleu_tokens(text, *tokenizer) == all[i].get<std::vector<std::string>>());
      ++compared;
    }
  }
  CHECK(compared > 100);
  CHECK_FALSE(bleu_tokenizer("spm"));
}

void check_rouge(const OrderedJson& expected, const std::string& reference, const std::string& hypothesis,
                 RougeStemming stemming) {
  const RougeScore scores[] = {
      rouge_n(reference, hypothesis, 1, stemming), rouge_n(reference, hypothesis, 2, stemming),
      rouge_l(reference, hypothesis, stemming), rouge_lsum(reference, hypothesis, stemming)};
  for (std::size_t i = 0; i < std::size(scores); ++i) {
    CAPTURE(i);
    CHECK(scores[i].precision == expected[i][0].get<double>());
    CHECK(scores[i].recall == expected[i][1].get<double>());
    CHECK(scores[i].f_measure == expected[i][2].get<double>());
  }
}

TEST_CASE("scores of segments are sacrebleu's and rouge-score's") {
  const OrderedJson record = test::metric_record("similarity");
  std::vector<std::pair<std::string, std::vector<std::string>>> cases;
  for (const OrderedJson& pair : record["pairs"]) {
    std::vector<std::string> references;
    for (const OrderedJson& at : pair[1]) references.push_back(record["texts"][at.get<std::size_t>()]);
    cases.emplace_back(record["texts"][pair[0].get<std::size_t>()], references);
  }
  for (const OrderedJson& made : record["made"])
    cases.emplace_back(made[1], std::vector<std::string>{made[0].get<std::string>()});
  REQUIRE(cases.size() == record["scores"].size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& [hypothesis, texts] = cases[i];
    const OrderedJson& expected = record["scores"][i];
    const std::vector<std::string_view> references(texts.begin(), texts.end());
    CAPTURE(hypothesis, texts);
    CHECK(bleu_score(bleu_counts(hypothesis, references), BleuOrder::effective) == expected["bleu"]);
    CHECK(bleu_score(bleu_counts(hypothesis, references, BleuTokenizer::international)) ==
          expected["bleu_intl"]);
    CHECK(chrf_score(chrf_counts(hypothesis, references)) == expected["chrf"]);
    CHECK(chrf_score(chrf_counts(hypothesis, references, ChrfKind::chrf_plus_plus)) == expected["chrf++"]);
    CHECK(ter_score(ter_counts(hypothesis, references)) == expected["ter"]);
    if (texts.size() > 1) continue;
    check_rouge(expected["rouge"], texts[0], hypothesis, RougeStemming::none);
    check_rouge(expected["rouge_stem"], texts[0], hypothesis, RougeStemming::porter);
  }
}

TEST_CASE("words are stemmed as NLTK stems them") {
  const OrderedJson record = test::metric_record("similarity");
  CHECK(record["words"].size() > 3000);
  for (std::size_t i = 0; i < record["words"].size(); ++i) {
    const std::string word = record["words"][i];
    CAPTURE(word);
    CHECK(porter_stem(word) == record["stems"][i].get<std::string>());
  }
}

TEST_CASE("scores by hand") {
  const std::vector<std::string_view> reference = {"a b c d"};
  // 3 of 4 words, 2 of 3 pairs, 1 of 2 triples, no four in a row: 1 / (2 * 1).
  const BleuCounts counts = bleu_counts("a b c x", reference);
  CHECK(counts.matches == std::array<std::int64_t, 4>{3, 2, 1, 0});
  CHECK(counts.total == std::array<std::int64_t, 4>{4, 3, 2, 1});
  CHECK(bleu_score(counts) == Approx(100 * std::pow(0.75 * 2 / 3 * 0.5 * 0.5, 0.25)));
  // One shift of one word.
  CHECK(ter_score(ter_counts("d a b c", reference)) == 25);
  CHECK(ter_counts("", reference).edits == 4);
  CHECK(ter_score(ter_counts("x", {""})) == 100);
  CHECK(ter_score(ter_counts("", {""})) == 0);
  CHECK(rouge_l("a b c d", "a x c d").f_measure == 0.75);
}

TEST_CASE("long and repetitive texts take no quadratic memory, and end") {
  std::string same, other;
  for (int i = 0; i < 20'000; ++i) {
    same += "a ";
    other += i % 2 == 0 ? "a " : "b ";
  }
  CHECK(bleu_score(bleu_counts(same, {same})) == Approx(100));
  CHECK(chrf_score(chrf_counts(same, {same})) == Approx(100));
  CHECK(ter_counts(same, {same}).edits == 0);
  CHECK(rouge_n(same, other, 1).recall == 0.5);
}

}  // namespace
}  // namespace assay::eval
