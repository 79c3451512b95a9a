// Accuracy with log-probabilities divided by the option's length in UTF-8 bytes.
#include <nlohmann/json.hpp>

#include "eval/choice.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::multiple_choice};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  std::vector<double> lengths;
  for (const std::string& choice : input.sample.choices)
    lengths.push_back(static_cast<double>(choice.size()));
  return is_gold(input, arg_max(divided(choice_log_probabilities(input), lengths)));
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
