// Bits per UTF-8 byte: minus the mean log-probability per byte, to base 2.
#include <nlohmann/json.hpp>

#include "eval/counted_text.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::loglikelihood_rolling};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return per_byte(input);
}

}  // namespace

extern const Metric metric_bits_per_byte;
const Metric metric_bits_per_byte = {.name = "bits_per_byte",
                                     .aggregation = "bits_per_byte",
                                     .higher_is_better = false,
                                     .output_types = output_types,
                                     .options = {},
                                     .score = score};

}  // namespace assay::eval
