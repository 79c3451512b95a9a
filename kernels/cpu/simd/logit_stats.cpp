#include "kernels/cpu/simd/logit_stats.hpp"

#include "kernels/cpu/simd/exp.hpp"

namespace assay::kernels::cpu::ASSAY_SIMD_ISA {
namespace {

constexpr float infinity = __builtin_inff();

/// 0 where x is finite, NaN where it is NaN or infinite: sums of these tell whether to look closer.
ASSAY_INLINE Floats not_finite(const Floats& x) {
  return x - x;
}

float maximum_of(const float* x, std::int64_t n) {
  Floats best = broadcast(-infinity);
  Floats strange = broadcast(0.0F);
  std::int64_t j = 0;
  for (; j + lanes <= n; j += lanes) {
    const Floats v = load(x + j);
    best = maximum(v, best);
    strange = strange + not_finite(v);
  }
  if (j < n) {
    const Floats v = load_partial(x + j, n - j, x[j]);
    best = maximum(v, best);
    strange = strange + not_finite(v);
  }
  if (sum(strange) != 0.0F) {
    for (j = 0; j < n; ++j) {
      if (x[j] != x[j]) return x[j];
    }
  }
  return greatest(best);
}

double sum_exp(const float* x, std::int64_t n, float max) {
  const Floats shift = broadcast(max);
  Doubles total = zero_doubles();
  std::int64_t j = 0;
  for (; j + lanes <= n; j += lanes) total = total + widen(exp(load(x + j) - shift));
  if (j < n) total = total + widen(exp(load_partial(x + j, n - j, -infinity) - shift));
  return sum(total);
}

}  // namespace

extern const LogitStatsLeaf logit_stats_leaf;
const LogitStatsLeaf logit_stats_leaf{maximum_of, sum_exp};

}  // namespace assay::kernels::cpu::ASSAY_SIMD_ISA
