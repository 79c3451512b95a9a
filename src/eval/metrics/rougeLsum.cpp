// ROUGE-Lsum: F-measure of the longest common subsequences of lines. The best of several gold answers.
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
    return rouge_lsum(gold, response, stemming).f_measure;
  });
}

}  // namespace

extern const Metric metric_rougeLsum;
const Metric metric_rougeLsum = {.name = "rougeLsum",
                                 .aggregation = "mean",
                                 .higher_is_better = true,
                                 .output_types = output_types,
                                 .options = options,
                                 .score = score,
                                 .check = check_rouge};

}  // namespace assay::eval
