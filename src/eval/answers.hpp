// What a generated answer is compared with, and what of it is compared.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/metric.hpp"

namespace assay::eval {

/// The gold answer as text; several where any of them counts. Throws InputError if the target names no
/// choice.
[[nodiscard]] std::vector<std::string> gold_texts(const ScoreInput& input);
/// What the filters left, each response as text.
[[nodiscard]] std::vector<std::string> response_texts(const ScoreInput& input);
/// The one response that the filters left. Throws InputError if there are more, or if it is no text.
[[nodiscard]] const std::string& response_text(const ScoreInput& input);

/// [gold or list of golds, response]: what the aggregations over texts take.
[[nodiscard]] util::OrderedJson text_pair(const ScoreInput& input);
/// The best score of the response against any gold answer.
[[nodiscard]] double best_score(
    const ScoreInput& input,
    const std::function<double(std::string_view gold, std::string_view response)>& score);

}  // namespace assay::eval
