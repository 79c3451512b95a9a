// Accuracy with log-probabilities divided by the option's length in UTF-8 bytes.
#include <nlohmann/json.hpp>

#include "eval/choice.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::multiple_choice};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return is_gold_by_length(input, [](std::string_view choice) { return choice.size(); });
}

}  // namespace

extern const Metric metric_acc_bytes;
const Metric metric_acc_bytes = {.name = "acc_bytes",
                                 .aggregation = "mean",
                                 .higher_is_better = true,
                                 .output_types = output_types,
                                 .options = {},
                                 .score = score};

}  // namespace assay::eval
