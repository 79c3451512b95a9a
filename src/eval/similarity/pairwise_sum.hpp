// Sums as numpy adds them, so that means and scores agree with its to the last bit.
#pragma once

#include <span>

namespace assay::eval {

/// numpy.sum of a contiguous array of doubles: eight partial sums up to 128 values, halves beyond.
[[nodiscard]] double pairwise_sum(std::span<const double> values);

}  // namespace assay::eval
