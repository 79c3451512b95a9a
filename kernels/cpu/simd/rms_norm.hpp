// Inner loops of RMS normalisation.
#pragma once

#include <cstdint>

#include "kernels/cpu/simd/isa.hpp"

namespace assay::kernels::cpu {

struct RmsNormLeaf {
  /// One row of n; out may be x.
  void (*row)(float* out, const float* x, const float* weight, std::int64_t n, float epsilon, float offset);
};
ASSAY_SIMD_LEAVES(RmsNormLeaf, rms_norm_leaf)

}  // namespace assay::kernels::cpu
