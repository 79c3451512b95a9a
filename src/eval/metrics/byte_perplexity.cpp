// Perplexity per UTF-8 byte.
#include <nlohmann/json.hpp>

#include "eval/counted_text.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::loglikelihood_rolling};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return per_byte(input);
}

}  // namespace

extern const Metric metric_byte_perplexity;
const Metric metric_byte_perplexity = {.name = "byte_perplexity",
                                       .aggregation = "weighted_perplexity",
                                       .higher_is_better = false,
                                       .output_types = output_types,
                                       .options = {},
                                       .score = score};

}  // namespace assay::eval
