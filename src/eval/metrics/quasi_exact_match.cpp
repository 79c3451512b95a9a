// Quasi-exact match (HELM): equal without case, punctuation, articles and superfluous white space.
#include <nlohmann/json.hpp>

#include "eval/answers.hpp"
#include "eval/squad_text.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::generate_until};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return best_score(input, [](std::string_view gold, std::string_view response) {
    return response.empty() ? 0 : squad_exact(gold, response);
  });
}

}  // namespace

extern const Metric metric_quasi_exact_match;
const Metric metric_quasi_exact_match = {.name = "quasi_exact_match",
                                         .aggregation = "mean",
                                         .higher_is_better = true,
                                         .output_types = output_types,
                                         .options = {},
                                         .score = score};

}  // namespace assay::eval
