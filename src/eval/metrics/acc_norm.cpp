// Accuracy with log-probabilities divided by the option's length in code points, without the delimiter before
// it.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/choice.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::multiple_choice};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return is_gold_by_length(input, text::python::length);
}

}  // namespace

extern const Metric metric_acc_norm;
const Metric metric_acc_norm = {.name = "acc_norm",
                                .aggregation = "mean",
                                .higher_is_better = true,
                                .output_types = output_types,
                                .options = {},
                                .score = score};

}  // namespace assay::eval
