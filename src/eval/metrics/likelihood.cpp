// The gold label with the options' log-probabilities, for the log: nothing adds them up.
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/choice.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::multiple_choice};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  const auto values = choice_log_probabilities(input);
  return util::OrderedJson::array({gold_label(input), std::vector<double>(values.begin(), values.end())});
}

void check(const MetricConfig& config) {
  // lm-eval's own default, mean, stops with a TypeError.
  util::check_input(
      config.aggregation == "bypass",
      "likelihood is a list for each sample, which {} does not combine; its aggregation is bypass",
      config.aggregation);
}

}  // namespace

extern const Metric metric_likelihood;
const Metric metric_likelihood = {.name = "likelihood",
                                  .aggregation = "bypass",
                                  .higher_is_better = true,
                                  .output_types = output_types,
                                  .options = {},
                                  .score = score,
                                  .check = check};

}  // namespace assay::eval
