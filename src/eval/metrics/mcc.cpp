// Matthews' correlation of gold and predicted labels, over all samples.
#include <nlohmann/json.hpp>

#include "eval/choice.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::multiple_choice};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return label_pair(input);
}

}  // namespace

extern const Metric metric_mcc;
const Metric metric_mcc = {.name = "mcc",
                           .aggregation = "matthews_corrcoef",
                           .higher_is_better = true,
                           .output_types = output_types,
                           .options = {},
                           .score = score};

}  // namespace assay::eval
