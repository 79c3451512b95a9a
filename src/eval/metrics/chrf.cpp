// chrF of all samples, as sacrebleu's corpus_chrf.
#include <nlohmann/json.hpp>

#include "eval/answers.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::generate_until};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return text_pair(input);
}

}  // namespace

extern const Metric metric_chrf;
const Metric metric_chrf = {.name = "chrf",
                            .aggregation = "chrf",
                            .higher_is_better = true,
                            .output_types = output_types,
                            .options = {},
                            .score = score};

}  // namespace assay::eval
