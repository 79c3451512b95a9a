// Brier score: squared distance of the options' probabilities from the gold one's.
#include <nlohmann/json.hpp>

#include "eval/choice.hpp"
#include "eval/classification.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::multiple_choice};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return util::OrderedJson::array({gold_label(input), softmax(choice_log_probabilities(input))});
}

}  // namespace

extern const Metric metric_brier_score;
const Metric metric_brier_score = {.name = "brier_score",
                                   .aggregation = "brier_score",
                                   .higher_is_better = false,
                                   .output_types = output_types,
                                   .options = {},
                                   .score = score};

}  // namespace assay::eval
