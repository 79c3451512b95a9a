// numpy.sum of float64: the order of its additions decides the last bits of a score.
#pragma once

#include <span>

namespace assay::eval {

/// numpy.sum of a contiguous array: pairwise, in eight partial sums of blocks of at most 128.
[[nodiscard]] double numpy_sum(std::span<const double> values);

}  // namespace assay::eval
