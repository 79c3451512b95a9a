// Metrics of four models' published GSM8K solutions against sacrebleu, rouge-score, scikit-learn and lm-eval.
#include <cstdlib>

#include "eval/bootstrap.hpp"
#include "eval/data/line_reader.hpp"
#include "eval/filter.hpp"
#include "eval/metric.hpp"
#include "eval/metric_support.hpp"
#include "eval/similarity/bleu.hpp"
#include "eval/similarity/rouge.hpp"
#include "support/skip.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

struct Solutions {
  std::vector<std::string> golds;
  std::map<std::string, std::vector<std::string>> models;
};

Solutions read_solutions(const std::filesystem::path& file, const OrderedJson& models) {
  const auto text = [](const OrderedJson& value) {
    return value.is_string() ? value.get<std::string>() : value.at("solution").get<std::string>();
  };
  Solutions solutions;
  LineReader reader(file);
  for (std::string line; reader.next(line);) {
    const OrderedJson row = util::parse_ordered_json(line, file.string());
    solutions.golds.push_back(text(row.at("ground_truth")));
    for (const auto& [model, scores] : models.items()) solutions.models[model].push_back(text(row.at(model)));
  }
  return solutions;
}

std::vector<OrderedJson> pairs_of(const Solutions& solutions, const std::string& model, std::size_t count) {
  std::vector<OrderedJson> pairs;
  for (std::size_t i = 0; i < count; ++i)
    pairs.push_back(OrderedJson::array({solutions.golds[i], solutions.models.at(model)[i]}));
  return pairs;
}

void check_translation_scores(const OrderedJson& expected, const std::vector<OrderedJson>& pairs,
                              std::size_t ter_count) {
  CHECK(find_aggregation("bleu")->value(pairs) == expected["bleu"][0]);
  CHECK(*find_aggregation("bleu")->standard_error(pairs, 3) == expected["bleu"][1]);
  CHECK(find_aggregation("chrf")->value(pairs) == expected["chrf"]);
  CHECK(find_aggregation("chrf++")->value(pairs) == expected["chrf++"]);
  CHECK(find_aggregation("ter")->value(std::span(pairs).first(ter_count)) == expected["ter"]);
  double sentences = 0;
  BleuCounts international;
  for (const OrderedJson& pair : pairs) {
    const std::string gold = pair[0], answer = pair[1];
    sentences += bleu_score(bleu_counts(answer, {gold}), BleuOrder::effective);
    international += bleu_counts(answer, {gold}, BleuTokenizer::international);
  }
  CHECK(sentences == expected["bleu_sentences"]);
  CHECK(bleu_score(international) == expected["bleu_intl"]);
}

void check_rouge(const OrderedJson& expected, const std::vector<OrderedJson>& pairs, RougeStemming stemming) {
  std::vector<double> sums(4);
  for (const OrderedJson& pair : pairs) {
    const std::string gold = pair[0], answer = pair[1];
    sums[0] += rouge_n(gold, answer, 1, stemming).f_measure;
    sums[1] += rouge_n(gold, answer, 2, stemming).f_measure;
    sums[2] += rouge_l(gold, answer, stemming).f_measure;
    sums[3] += rouge_lsum(gold, answer, stemming).f_measure;
  }
  CHECK(sums == expected.get<std::vector<double>>());
}

std::vector<double> exact_matches(const std::vector<std::string>& golds,
                                  const std::vector<std::string>& texts, const OrderedJson& options) {
  const OrderedJson strict = {{"regex_pattern", R"(A: (\-?[0-9\.\,]+))"}};
  const FilterPipeline gold_pipeline{"g", {{"regex", strict}, {"take_first", OrderedJson::object()}}};
  const FilterPipeline pipeline{"p", {{"regex", options}, {"take_first", OrderedJson::object()}}};
  TaskConfig task;
  task.task = "t";
  MetricConfig config;
  config.metric = "exact_match";
  config.options = {{"ignore_case", true}, {"regexes_to_ignore", {",", "\\$", "(?s).*#### ", "\\.$"}}};
  std::vector<double> hits;
  for (std::size_t i = 0; i < golds.size(); ++i) {
    const OrderedJson document = OrderedJson::object();
    Sample sample;
    sample.target = apply_filters(gold_pipeline, OrderedJson::array({golds[i]}), document);
    const OrderedJson response = apply_filters(pipeline, OrderedJson::array({texts[i]}), document);
    hits.push_back(find_metric("exact_match")->score({task, sample, {}, {}, response}, config));
  }
  return hits;
}

TEST_CASE("metrics of real model outputs are those of the reference packages") {
  const char* shared = std::getenv("ASSAY_SHARED_DATA");
  const auto file = std::filesystem::path(shared == nullptr ? "" : shared) / "datasets" / "gsm8k" /
                    "example_model_solutions.jsonl.gz";
  if (shared == nullptr || !std::filesystem::exists(file)) {
    return assay::test::skip(
        "real model outputs are not scored (ASSAY_SHARED_DATA names no folder with "
        "datasets/gsm8k/example_model_solutions.jsonl.gz)");
  }
  const OrderedJson record = test::recorded("metrics/real_outputs.json");
  const Solutions solutions = read_solutions(file, record["models"]);
  REQUIRE(solutions.golds.size() == record["rows"].get<std::size_t>());
  std::vector<double> first_model;
  for (const auto& [model, expected] : record["models"].items()) {
    CAPTURE(model);
    const auto pairs = pairs_of(solutions, model, record["documents"]);
    check_translation_scores(expected, pairs, record["ter_documents"]);
    check_rouge(expected["rouge"]["plain"], pairs, RougeStemming::none);
    check_rouge(expected["rouge"]["stemmed"], pairs, RougeStemming::porter);
    std::vector<double> hits;
    for (const auto& [name, options] :
         {std::pair<const char*, OrderedJson>{"strict", {{"regex_pattern", R"(A: (\-?[0-9\.\,]+))"}}},
          {"flexible", {{"regex_pattern", R"((-?[$0-9.,]{2,})|(-?[0-9]+))"}, {"group_select", -1}}}}) {
      CAPTURE(name);
      hits = exact_matches(solutions.golds, solutions.models.at(model), options);
      const std::vector<OrderedJson> values(hits.begin(), hits.end());
      CHECK(find_aggregation("mean")->value(values) == expected["exact_match"][name][0]);
      CHECK(*find_aggregation("mean")->standard_error(values, 0) == expected["exact_match"][name][1]);
    }
    if (first_model.empty()) {
      first_model = hits;
      continue;
    }
    std::vector<OrderedJson> labels;
    for (std::size_t i = 0; i < hits.size(); ++i) labels.push_back({first_model[i], hits[i]});
    CHECK(find_aggregation("f1")->value(labels) == record["labels"][model][0]);
    CHECK(find_aggregation("matthews_corrcoef")->value(labels) == record["labels"][model][1]);
  }
}

}  // namespace
}  // namespace assay::eval
