// F1 of the binary label 1, over all samples (sklearn.metrics.f1_score).
#include <nlohmann/json.hpp>

#include "eval/choice.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::multiple_choice};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return label_pair(input);
}

}  // namespace

extern const Metric metric_f1;
const Metric metric_f1 = {.name = "f1",
                          .aggregation = "f1",
                          .higher_is_better = true,
                          .output_types = output_types,
                          .options = {},
                          .score = score};

}  // namespace assay::eval
