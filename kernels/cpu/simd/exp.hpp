// exp and tanh of sixteen floats, within two units in the last place. Include from simd/*.cpp alone.
#pragma once

#include "kernels/cpu/simd/vec.hpp"

namespace {  // NOLINT: see vec.hpp

/// 2^n for integers n in [-126, 127] held as floats.
ASSAY_INLINE Floats power_of_two(const Floats& n) {
  Floats r;
  for (int i = 0; i < parts; ++i) {
    const NativeInt bits = (__builtin_convertvector(n.part[i], NativeInt) + 127) << 23;
    r.part[i] = reinterpret_cast<NativeFloat>(bits);
  }
  return r;
}

/// e^x: 0 below -104, infinity above 88.8, NaN for NaN. x = n ln 2 + r with |r| <= ln 2 / 2, e^r by its
/// Taylor series to r^7 (the rest is below 2^-27), and 2^n in two factors so that subnormals come out right.
ASSAY_INLINE Floats exp(const Floats& x) {
  const Floats low = broadcast(-104.0F);
  const Floats high = broadcast(89.0F);
  // Clamped as lane-wise comparisons that keep NaN.
  const Floats clamped = select_less(x, low, low, select_less(high, x, high, x));
  const Floats rounder = broadcast(12582912.0F);  // 1.5 * 2^23: adding it rounds to an integer
  const Floats n = fma(clamped, broadcast(1.44269504F), rounder) - rounder;
  // ln 2 = 0.693359375 - 2.1219444e-4; the first has 9 bits, so n times it is exact.
  Floats r = fma(n, broadcast(-0.693359375F), clamped);
  r = fma(n, broadcast(2.12194440e-4F), r);
  Floats p = broadcast(1.0F / 5040);
  p = fma(p, r, broadcast(1.0F / 720));
  p = fma(p, r, broadcast(1.0F / 120));
  p = fma(p, r, broadcast(1.0F / 24));
  p = fma(p, r, broadcast(1.0F / 6));
  p = fma(p, r, broadcast(0.5F));
  p = fma(p, r * r, r) + broadcast(1.0F);
  // NaN must not reach the conversion to integers, whose result would not be defined.
  const Floats safe = select_less(x, broadcast(1e30F), n, broadcast(128.0F));
  const Floats half = fma(safe, broadcast(0.5F), rounder) - rounder;
  return p * power_of_two(half) * power_of_two(safe - half);
}

/// tanh x: a polynomial below 0.625 (Cephes' tanhf), else 1 - 2 / (e^2|x| + 1) with x's sign.
ASSAY_INLINE Floats tanh(const Floats& x) {
  const Floats magnitude = maximum(x, broadcast(0.0F) - x);
  const Floats square = x * x;
  Floats p = broadcast(-5.70498872745e-3F);
  p = fma(p, square, broadcast(2.06390887954e-2F));
  p = fma(p, square, broadcast(-5.37397155531e-2F));
  p = fma(p, square, broadcast(1.33314422036e-1F));
  p = fma(p, square, broadcast(-3.33332819422e-1F));
  const Floats small = fma(p * square, x, x);
  const Floats e = exp(magnitude + magnitude);
  const Floats large = broadcast(1.0F) - broadcast(2.0F) / (e + broadcast(1.0F));
  const Floats signed_large = select_less(x, broadcast(0.0F), broadcast(0.0F) - large, large);
  return select_less(magnitude, broadcast(0.625F), small, signed_large);
}

}  // namespace
