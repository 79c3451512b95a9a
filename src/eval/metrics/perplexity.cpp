// Perplexity per document: exp of minus the mean log-probability of the continuations.
#include <nlohmann/json.hpp>

#include "eval/metric.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::loglikelihood};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return input.log_probabilities.at(0);
}

}  // namespace

extern const Metric metric_perplexity;
const Metric metric_perplexity = {.name = "perplexity",
                                  .aggregation = "perplexity",
                                  .higher_is_better = false,
                                  .output_types = output_types,
                                  .options = {},
                                  .score = score};

}  // namespace assay::eval
