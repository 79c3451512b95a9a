// No score at all: answers are only recorded.
#include <nlohmann/json.hpp>

#include "eval/metric.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::loglikelihood, OutputType::multiple_choice,
                                       OutputType::generate_until};

util::OrderedJson score(const ScoreInput&, const MetricConfig&) {
  return nullptr;
}

}  // namespace

extern const Metric metric_bypass;
const Metric metric_bypass = {.name = "bypass",
                              .aggregation = "bypass",
                              .higher_is_better = true,
                              .output_types = output_types,
                              .options = {},
                              .score = score};

}  // namespace assay::eval
