// Sixteen floats at a time, for the inner loops only: whatever the register width, operations run in the
// same order, so AVX2 and AVX-512 builds give the same bits. Include from simd/*.cpp alone: all functions
// are inlined, so that no copy compiled for a newer instruction set can be linked into older code.
#pragma once

#include <cstdint>

#include <immintrin.h>

#define ASSAY_INLINE [[gnu::always_inline]] inline

namespace {  // NOLINT: one copy per instruction set is the point

constexpr int lanes = 16;
#if defined(__AVX512F__)
constexpr int width = 16;
#elif defined(__AVX2__)
constexpr int width = 8;
#else
constexpr int width = 4;
#endif
constexpr int parts = lanes / width;

using NativeFloat [[gnu::vector_size(width * 4)]] = float;
using NativeInt [[gnu::vector_size(width * 4)]] = std::int32_t;
using NativeDouble [[gnu::vector_size(width * 4)]] = double;  // half as many lanes

struct Floats {
  NativeFloat part[parts];
};
struct Doubles {
  NativeDouble part[2 * parts];
};

/// One float or int vector register from unaligned memory.
template <class Native, class T>
ASSAY_INLINE Native load_native(const T* from) {
  Native value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

ASSAY_INLINE NativeFloat broadcast_native(float x) {
  return x - NativeFloat{};
}

ASSAY_INLINE Floats broadcast(float x) {
  Floats r;
  for (auto& part : r.part) part = broadcast_native(x);
  return r;
}

ASSAY_INLINE Floats load(const float* from) {
  Floats r;
  for (int i = 0; i < parts; ++i) r.part[i] = load_native<NativeFloat>(from + i * width);
  return r;
}

ASSAY_INLINE void store(float* to, const Floats& x) {
  for (int i = 0; i < parts; ++i) __builtin_memcpy(to + i * width, &x.part[i], sizeof(NativeFloat));
}

#if defined(__AVX512F__)
ASSAY_INLINE __mmask16 first_lanes(std::int64_t n) {
  return static_cast<__mmask16>((1U << n) - 1);
}
#elif defined(__AVX2__)
/// Of the eight lanes from `begin` on, those below n.
ASSAY_INLINE __m256i first_lanes(std::int64_t n, int begin) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n) - begin), lane);
}
#endif

/// The first n < 16 floats; the other lanes are `rest`. Nothing beyond them is read.
ASSAY_INLINE Floats load_partial(const float* from, std::int64_t n, float rest) {
#if defined(__AVX512F__)
  return {{_mm512_mask_loadu_ps(_mm512_set1_ps(rest), first_lanes(n), from)}};
#elif defined(__AVX2__)
  Floats r;
  for (int i = 0; i < parts; ++i) {
    const __m256i mask = first_lanes(n, i * width);
    r.part[i] = _mm256_blendv_ps(_mm256_set1_ps(rest), _mm256_maskload_ps(from + i * width, mask),
                                 _mm256_castsi256_ps(mask));
  }
  return r;
#else
  // One by one: a copy of a length known only at run time would be a call.
  float buffer[lanes];
  for (int i = 0; i < lanes; ++i) buffer[i] = rest;
  for (std::int64_t i = 0; i < n; ++i) buffer[i] = from[i];
  return load(buffer);
#endif
}

ASSAY_INLINE void store_partial(float* to, const Floats& x, std::int64_t n) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, first_lanes(n), x.part[0]);
#elif defined(__AVX2__)
  for (int i = 0; i < parts; ++i) _mm256_maskstore_ps(to + i * width, first_lanes(n, i * width), x.part[i]);
#else
  float buffer[lanes];
  store(buffer, x);
  for (std::int64_t i = 0; i < n; ++i) to[i] = buffer[i];
#endif
}

/// Sixteen bfloat16 widened to float, exactly.
ASSAY_INLINE Floats load_bf16(const std::uint16_t* from) {
  using Halves [[gnu::vector_size(width * 2)]] = std::uint16_t;
  Floats r;
  for (int i = 0; i < parts; ++i) {
    const NativeInt bits = __builtin_convertvector(load_native<Halves>(from + i * width), NativeInt) << 16;
    r.part[i] = reinterpret_cast<NativeFloat>(bits);
  }
  return r;
}

ASSAY_INLINE Floats operator+(const Floats& a, const Floats& b) {
  Floats r;
  for (int i = 0; i < parts; ++i) r.part[i] = a.part[i] + b.part[i];
  return r;
}
ASSAY_INLINE Floats operator-(const Floats& a, const Floats& b) {
  Floats r;
  for (int i = 0; i < parts; ++i) r.part[i] = a.part[i] - b.part[i];
  return r;
}
ASSAY_INLINE Floats operator*(const Floats& a, const Floats& b) {
  Floats r;
  for (int i = 0; i < parts; ++i) r.part[i] = a.part[i] * b.part[i];
  return r;
}
ASSAY_INLINE Floats operator/(const Floats& a, const Floats& b) {
  Floats r;
  for (int i = 0; i < parts; ++i) r.part[i] = a.part[i] / b.part[i];
  return r;
}

ASSAY_INLINE NativeFloat fma_native(NativeFloat a, NativeFloat b, NativeFloat c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}

/// a * b + c, rounded once (twice in the baseline build).
ASSAY_INLINE Floats fma(const Floats& a, const Floats& b, const Floats& c) {
  Floats r;
  for (int i = 0; i < parts; ++i) r.part[i] = fma_native(a.part[i], b.part[i], c.part[i]);
  return r;
}

/// Lane-wise a > b ? a : b; a NaN in `a` gives b.
ASSAY_INLINE Floats maximum(const Floats& a, const Floats& b) {
  Floats r;
  for (int i = 0; i < parts; ++i) r.part[i] = a.part[i] > b.part[i] ? a.part[i] : b.part[i];
  return r;
}
/// Lane-wise a < b ? x : y.
ASSAY_INLINE Floats select_less(const Floats& a, const Floats& b, const Floats& x, const Floats& y) {
  Floats r;
  for (int i = 0; i < parts; ++i) r.part[i] = a.part[i] < b.part[i] ? x.part[i] : y.part[i];
  return r;
}

using Quad [[gnu::vector_size(16)]] = float;

/// Lanes l, l + 4, l + 8 and l + 12 added as (l + (l + 8)) + ((l + 4) + (l + 12)).
ASSAY_INLINE Quad quad_sum(const Floats& x) {
#if defined(__AVX512F__)
  const __m256 eight = _mm512_castps512_ps256(x.part[0]) + _mm512_extractf32x8_ps(x.part[0], 1);
  return _mm256_castps256_ps128(eight) + _mm256_extractf128_ps(eight, 1);
#elif defined(__AVX2__)
  const __m256 eight = x.part[0] + x.part[1];
  return _mm256_castps256_ps128(eight) + _mm256_extractf128_ps(eight, 1);
#else
  return (x.part[0] + x.part[2]) + (x.part[1] + x.part[3]);
#endif
}

/// Sum of the lanes in one fixed tree: l with l + 8, then + 4, + 2, + 1.
ASSAY_INLINE float sum(const Floats& x) {
  const Quad four = quad_sum(x);
  const Quad two = four + __builtin_shufflevector(four, four, 2, 3, 2, 3);
  return two[0] + two[1];
}

/// sum() of four vectors at once, by the same tree.
ASSAY_INLINE Quad sum4(const Floats* x) {
  const Quad a = quad_sum(x[0]), b = quad_sum(x[1]), c = quad_sum(x[2]), d = quad_sum(x[3]);
  const Quad ab = __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
  const Quad cd = __builtin_shufflevector(c, d, 0, 1, 4, 5) + __builtin_shufflevector(c, d, 2, 3, 6, 7);
  return __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
}

ASSAY_INLINE Quad greater(Quad a, Quad b) {
  return a > b ? a : b;
}

/// The greatest lane, by the tree of sum().
ASSAY_INLINE float greatest(const Floats& x) {
  Quad quads[4];
  __builtin_memcpy(quads, &x, sizeof quads);
  const Quad four = greater(greater(quads[0], quads[2]), greater(quads[1], quads[3]));
  const Quad two = greater(four, __builtin_shufflevector(four, four, 2, 3, 2, 3));
  return two[0] > two[1] ? two[0] : two[1];
}

/// Quads a, b, c, d as the quads of one vector.
ASSAY_INLINE Floats join(Quad a, Quad b, Quad c, Quad d) {
#if defined(__AVX512F__)
  const __m512 ab = _mm512_insertf32x4(_mm512_castps128_ps512(a), b, 1);
  return {{_mm512_insertf32x4(_mm512_insertf32x4(ab, c, 2), d, 3)}};
#elif defined(__AVX2__)
  return {{_mm256_insertf128_ps(_mm256_castps128_ps256(a), b, 1),
           _mm256_insertf128_ps(_mm256_castps128_ps256(c), d, 1)}};
#else
  return {{a, b, c, d}};
#endif
}

/// Transposes each 4 x 4 matrix whose rows are the quads at one place of x[0] to x[3].
ASSAY_INLINE void transpose_quads(Floats* x) {
  for (int i = 0; i < parts; ++i) {
    const NativeFloat a = x[0].part[i], b = x[1].part[i], c = x[2].part[i], d = x[3].part[i];
#if defined(__AVX512F__)
    const NativeFloat ab = _mm512_unpacklo_ps(a, b), ab2 = _mm512_unpackhi_ps(a, b);
    const NativeFloat cd = _mm512_unpacklo_ps(c, d), cd2 = _mm512_unpackhi_ps(c, d);
    x[0].part[i] = _mm512_shuffle_ps(ab, cd, 0x44);
    x[1].part[i] = _mm512_shuffle_ps(ab, cd, 0xee);
    x[2].part[i] = _mm512_shuffle_ps(ab2, cd2, 0x44);
    x[3].part[i] = _mm512_shuffle_ps(ab2, cd2, 0xee);
#elif defined(__AVX2__)
    const NativeFloat ab = _mm256_unpacklo_ps(a, b), ab2 = _mm256_unpackhi_ps(a, b);
    const NativeFloat cd = _mm256_unpacklo_ps(c, d), cd2 = _mm256_unpackhi_ps(c, d);
    x[0].part[i] = _mm256_shuffle_ps(ab, cd, 0x44);
    x[1].part[i] = _mm256_shuffle_ps(ab, cd, 0xee);
    x[2].part[i] = _mm256_shuffle_ps(ab2, cd2, 0x44);
    x[3].part[i] = _mm256_shuffle_ps(ab2, cd2, 0xee);
#else
    const NativeFloat ab = _mm_unpacklo_ps(a, b), ab2 = _mm_unpackhi_ps(a, b);
    const NativeFloat cd = _mm_unpacklo_ps(c, d), cd2 = _mm_unpackhi_ps(c, d);
    x[0].part[i] = _mm_shuffle_ps(ab, cd, 0x44);
    x[1].part[i] = _mm_shuffle_ps(ab, cd, 0xee);
    x[2].part[i] = _mm_shuffle_ps(ab2, cd2, 0x44);
    x[3].part[i] = _mm_shuffle_ps(ab2, cd2, 0xee);
#endif
  }
}

ASSAY_INLINE Doubles zero_doubles() {
  Doubles r;
  for (auto& part : r.part) part = NativeDouble{};
  return r;
}

ASSAY_INLINE Doubles widen(const Floats& x) {
  Doubles r;
  for (int i = 0; i < parts; ++i) {
#if defined(__AVX512F__)
    r.part[2 * i] = _mm512_cvtps_pd(_mm512_castps512_ps256(x.part[i]));
    r.part[2 * i + 1] = _mm512_cvtps_pd(_mm512_extractf32x8_ps(x.part[i], 1));
#elif defined(__AVX2__)
    r.part[2 * i] = _mm256_cvtps_pd(_mm256_castps256_ps128(x.part[i]));
    r.part[2 * i + 1] = _mm256_cvtps_pd(_mm256_extractf128_ps(x.part[i], 1));
#else
    const NativeFloat v = x.part[i];
    r.part[2 * i] = NativeDouble{static_cast<double>(v[0]), static_cast<double>(v[1])};
    r.part[2 * i + 1] = NativeDouble{static_cast<double>(v[2]), static_cast<double>(v[3])};
#endif
  }
  return r;
}

ASSAY_INLINE Doubles operator+(const Doubles& a, const Doubles& b) {
  Doubles r;
  for (int i = 0; i < 2 * parts; ++i) r.part[i] = a.part[i] + b.part[i];
  return r;
}
ASSAY_INLINE Doubles operator*(const Doubles& a, const Doubles& b) {
  Doubles r;
  for (int i = 0; i < 2 * parts; ++i) r.part[i] = a.part[i] * b.part[i];
  return r;
}

ASSAY_INLINE double sum(const Doubles& x) {
  double buffer[lanes];
  __builtin_memcpy(buffer, &x, sizeof buffer);
  for (int step = lanes / 2; step > 0; step /= 2) {
    for (int i = 0; i < step; ++i) buffer[i] += buffer[i + step];
  }
  return buffer[0];
}

}  // namespace
