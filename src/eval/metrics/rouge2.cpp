// ROUGE-2: F-measure of shared pairs of words. The best of several gold answers.
#include <nlohmann/json.hpp>

#include "eval/answers.hpp"
#include "eval/rouge_options.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::generate_until};
constexpr std::string_view options[] = {"use_stemmer"};

util::OrderedJson score(const ScoreInput& input, const MetricConfig& config) {
  const RougeStemming stemming = rouge_stemming(config);
  return best_score(input, [&](std::string_view gold, std::string_view response) {
    return rouge_n(gold, response, 2, stemming).f_measure;
  });
}

}  // namespace

extern const Metric metric_rouge2;
const Metric metric_rouge2 = {.name = "rouge2",
                              .aggregation = "mean",
                              .higher_is_better = true,
                              .output_types = output_types,
                              .options = options,
                              .score = score,
                              .check = check_rouge};

}  // namespace assay::eval
