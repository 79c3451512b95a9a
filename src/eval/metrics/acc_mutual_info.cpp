// Accuracy by pointwise mutual information: log p(option | context) - log p(option).
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/choice.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::multiple_choice};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  const auto conditional = choice_log_probabilities(input);
  util::check_input(input.log_probabilities.size() == 2 * conditional.size(),
                    "task {}, document {}: acc_mutual_info needs the options without context too",
                    input.task.task, input.sample.doc_id);
  std::vector<double> gains;
  for (std::size_t i = 0; i < conditional.size(); ++i) {
    gains.push_back(conditional[i] - input.log_probabilities[conditional.size() + i]);
  }
  return is_gold(input, arg_max(gains));
}

}  // namespace

extern const Metric metric_acc_mutual_info;
const Metric metric_acc_mutual_info = {.name = "acc_mutual_info",
                                       .aggregation = "mean",
                                       .higher_is_better = true,
                                       .output_types = output_types,
                                       .options = {},
                                       .score = score};

}  // namespace assay::eval
