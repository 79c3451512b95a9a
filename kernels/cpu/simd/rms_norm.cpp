#include "kernels/cpu/simd/rms_norm.hpp"

#include "kernels/cpu/simd/vec.hpp"

namespace assay::kernels::cpu::ASSAY_SIMD_ISA {
namespace {

void row(float* out, const float* x, const float* weight, std::int64_t n, float epsilon, float offset) {
  Doubles squares = zero_doubles();
  std::int64_t j = 0;
  for (; j + lanes <= n; j += lanes) {
    const Doubles wide = widen(load(x + j));
    squares = squares + wide * wide;
  }
  if (j < n) {
    const Doubles wide = widen(load_partial(x + j, n - j, 0.0F));
    squares = squares + wide * wide;
  }
  const double mean = sum(squares) / static_cast<double>(n);
  const Floats scale =
      broadcast(static_cast<float>(1.0 / __builtin_sqrt(mean + static_cast<double>(epsilon))));
  const Floats shift = broadcast(offset);
  for (j = 0; j + lanes <= n; j += lanes) store(out + j, load(x + j) * scale * (load(weight + j) + shift));
  if (j < n) {
    const Floats w = load_partial(weight + j, n - j, 0.0F) + shift;
    store_partial(out + j, load_partial(x + j, n - j, 0.0F) * scale * w, n - j);
  }
}

}  // namespace

extern const RmsNormLeaf rms_norm_leaf;
const RmsNormLeaf rms_norm_leaf{row};

}  // namespace assay::kernels::cpu::ASSAY_SIMD_ISA
