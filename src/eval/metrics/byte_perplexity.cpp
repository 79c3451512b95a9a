// Perplexity per UTF-8 byte.
#include <nlohmann/json.hpp>

#include "eval/counted_text.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::loglikelihood_rolling};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return util::OrderedJson::array(
      {input.log_probabilities.at(0), static_cast<std::int64_t>(counted_text(input).size())});
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
