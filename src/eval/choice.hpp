// Multiple choice: which option a model prefers, and which is right, as lm-evaluation-harness decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eval/metric.hpp"

namespace assay::eval {

/// numpy.argmax: the first maximum; the first NaN if there is one. `values` is not empty.
[[nodiscard]] std::size_t arg_max(std::span<const double> values);
/// A whole number as Python indexes with it: an integer, true (1), false (0), or 1.0; none for anything else.
[[nodiscard]] std::optional<std::int64_t> as_index(const util::OrderedJson& value);
/// Index of a gold option given as an index or as its text; none if it names no option.
[[nodiscard]] std::optional<std::size_t> gold_index(const util::OrderedJson& gold,
                                                    const std::vector<std::string>& choices);
/// 1.0 if `holds` for the gold option (or for one of several), else 0.0.
[[nodiscard]] double any_gold(const ScoreInput& input, const std::function<bool(std::size_t)>& holds);
/// 1.0 if `predicted` is the gold option (or one of several), else 0.0.
[[nodiscard]] double is_gold(const ScoreInput& input, std::size_t predicted);
/// is_gold of the option whose log-probability divided by its length is the highest.
[[nodiscard]] double is_gold_by_length(const ScoreInput& input,
                                       std::size_t (*length)(std::string_view choice));
/// Log-probabilities of the options given the context (without those acc_mutual_info adds).
[[nodiscard]] std::span<const double> choice_log_probabilities(const ScoreInput& input);

/// The gold label as lm-eval hands it to metrics over labels: an index, or -100 if it names no option; a list
/// stays one.
[[nodiscard]] util::OrderedJson gold_label(const ScoreInput& input);
/// [gold label, preferred option]
[[nodiscard]] util::OrderedJson label_pair(const ScoreInput& input);

}  // namespace assay::eval
