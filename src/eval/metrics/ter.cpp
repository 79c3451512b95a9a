// Translation edit rate of all samples, as sacrebleu's corpus_ter.
#include <nlohmann/json.hpp>

#include "eval/answers.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::generate_until};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return text_pair(input);
}

}  // namespace

extern const Metric metric_ter;
const Metric metric_ter = {.name = "ter",
                           .aggregation = "ter",
                           .higher_is_better = false,
                           .output_types = output_types,
                           .options = {},
                           .score = score};

}  // namespace assay::eval
