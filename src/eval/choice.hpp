// Multiple choice: which option a model prefers, and which is right, as lm-evaluation-harness decides.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "eval/metric.hpp"

namespace assay::eval {

/// numpy.argmax: the first maximum; the first NaN if there is one. `values` is not empty.
[[nodiscard]] std::size_t arg_max(std::span<const double> values);
/// Log-probabilities divided element by element.
[[nodiscard]] std::vector<double> divided(std::span<const double> values, std::span<const double> by);
/// 1.0 if `predicted` is the gold option (or one of several), else 0.0.
[[nodiscard]] double is_gold(const ScoreInput& input, std::size_t predicted);
/// Log-probabilities of the options given the context (without those acc_mutual_info adds).
[[nodiscard]] std::span<const double> choice_log_probabilities(const ScoreInput& input);

}  // namespace assay::eval
