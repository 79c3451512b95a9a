// Accuracy: the option with the highest log-probability is right.
#include <nlohmann/json.hpp>

#include "eval/choice.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::multiple_choice, OutputType::loglikelihood};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  // For a single continuation: was it what greedy decoding would have written?
  if (input.task.output_type == OutputType::loglikelihood) return input.greedy.at(0) ? 1 : 0;
  return is_gold(input, arg_max(choice_log_probabilities(input)));
}

}  // namespace

extern const Metric metric_acc;
const Metric metric_acc = {.name = "acc",
                           .aggregation = "mean",
                           .higher_is_better = true,
                           .output_types = output_types,
                           .options = {},
                           .score = score};

}  // namespace assay::eval
