#include "kernels/cpu/simd/gated_activation.hpp"

#include "kernels/cpu/simd/exp.hpp"

namespace assay::kernels::cpu::ASSAY_SIMD_ISA {
namespace {

struct Silu {
  ASSAY_INLINE Floats operator()(const Floats& x) const {
    const Floats one = broadcast(1.0F);
    return x / (one + exp(broadcast(0.0F) - x));
  }
};

/// x/2 erfc(-x / sqrt 2): no cancellation for negative x. libm's erfc, one lane at a time.
struct Gelu {
  ASSAY_INLINE Floats operator()(const Floats& x) const {
    float buffer[lanes];
    store(buffer, x);
    for (float& v : buffer) v = 0.5F * v * __builtin_erfcf(v * -0.70710678F);
    return load(buffer);
  }
};

/// x/2 (1 + tanh u) with u = sqrt(2/pi) (x + 0.044715 x^3), as x / (1 + e^-2u): no cancellation.
struct GeluTanh {
  ASSAY_INLINE Floats operator()(const Floats& x) const {
    const Floats cubic = fma(broadcast(0.044715F) * x * x, x, x);
    return x / (broadcast(1.0F) + exp(broadcast(-1.59576912F) * cubic));
  }
};

struct Relu {
  ASSAY_INLINE Floats operator()(const Floats& x) const {
    return select_less(x, broadcast(0.0F), broadcast(0.0F), x);
  }
};

template <class Activation>
void row(float* out, const float* gate, const float* up, std::int64_t n) {
  const Activation activate;
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) store(out + i, activate(load(gate + i)) * load(up + i));
  if (i < n) {
    const Floats y = activate(load_partial(gate + i, n - i, 0.0F)) * load_partial(up + i, n - i, 0.0F);
    store_partial(out + i, y, n - i);
  }
}

}  // namespace

extern const GatedActivationLeaf gated_activation_leaf;
const GatedActivationLeaf gated_activation_leaf{row<Silu>, row<Gelu>, row<GeluTanh>, row<Relu>};

}  // namespace assay::kernels::cpu::ASSAY_SIMD_ISA
