// SQuAD's F1 of the words of answer and gold answer, normalised; the best of several gold answers.
#include <nlohmann/json.hpp>

#include "eval/answers.hpp"
#include "eval/squad_text.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::generate_until};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return best_score(input, [](std::string_view gold, std::string_view response) {
    return squad_f1(gold, response).get<double>();
  });
}

}  // namespace

extern const Metric metric_token_f1;
const Metric metric_token_f1 = {.name = "token_f1",
                                .aggregation = "mean",
                                .higher_is_better = true,
                                .output_types = output_types,
                                .options = {},
                                .score = score};

}  // namespace assay::eval
