// Inner loops of the logit statistics.
#pragma once

#include <cstdint>

#include "kernels/cpu/simd/isa.hpp"

namespace assay::kernels::cpu {

struct LogitStatsLeaf {
  /// Greatest of n > 0 values; NaN if any is NaN.
  float (*maximum)(const float* x, std::int64_t n);
  /// Sum of exp(x - max): exp in fp32, the sum in double, in sixteen lanes and then a tree.
  double (*sum_exp)(const float* x, std::int64_t n, float max);
};
ASSAY_SIMD_LEAVES(LogitStatsLeaf, logit_stats_leaf)

}  // namespace assay::kernels::cpu
