// Inner loops of the gated activations.
#pragma once

#include <cstdint>

#include "kernels/cpu/simd/isa.hpp"

namespace assay::kernels::cpu {

/// out[i] = activation(gate[i]) * up[i] for i < n.
using GatedRow = void (*)(float* out, const float* gate, const float* up, std::int64_t n);

struct GatedActivationLeaf {
  GatedRow silu;
  GatedRow gelu;
  GatedRow gelu_tanh;
  GatedRow relu;
};
ASSAY_SIMD_LEAVES(GatedActivationLeaf, gated_activation_leaf)

}  // namespace assay::kernels::cpu
