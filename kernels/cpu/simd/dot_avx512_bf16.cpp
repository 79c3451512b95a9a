// bf16 products by AVX512-BF16, panels [N/16][K/2][16][2]: each instruction adds two products to sixteen
// sums.
#include <immintrin.h>

#include "kernels/cpu/simd/linear.hpp"

namespace assay::kernels::cpu::avx512_bf16 {
namespace {

constexpr int lanes = 16;
constexpr int block_rows = 12;

[[gnu::always_inline]] inline __m512bh as_pairs(__m512i bits) {
  return reinterpret_cast<__m512bh>(bits);
}

template <int Rows, int Panels>
void block(const LinearJob& job, std::int64_t row, std::int64_t panel) {
  const std::int64_t pairs = (job.in_features + 31) / 32 * 16;
  const auto* weights = static_cast<const std::uint16_t*>(job.weights) + panel * pairs * 2 * lanes;
  const auto* x = static_cast<const std::uint16_t*>(job.x) + row * job.x_stride;
  __m512 sums[Rows][Panels];
  for (auto& of_row : sums) {
    for (__m512& s : of_row) s = _mm512_setzero_ps();
  }
  for (std::int64_t k = 0; k < pairs; ++k) {
    __m512i w[Panels];
    for (int p = 0; p < Panels; ++p) w[p] = _mm512_loadu_si512(weights + (p * pairs + k) * 2 * lanes);
    for (int r = 0; r < Rows; ++r) {
      std::int32_t pair;
      __builtin_memcpy(&pair, x + r * job.x_stride + 2 * k, sizeof pair);
      const __m512i a = _mm512_set1_epi32(pair);
      for (int p = 0; p < Panels; ++p) sums[r][p] = _mm512_dpbf16_ps(sums[r][p], as_pairs(a), as_pairs(w[p]));
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int p = 0; p < Panels; ++p) {
      const std::int64_t column = (panel + p) * lanes;
      const std::int64_t left = job.out_features - column;
      const auto mask = static_cast<__mmask16>(left >= lanes ? 0xffff : (1U << left) - 1);
      const __m512 y = _mm512_add_ps(sums[r][p], _mm512_loadu_ps(job.bias + column));
      _mm512_mask_storeu_ps(job.out + (row + r) * job.out_stride + column, mask, y);
    }
  }
}

template <int Rows>
void panels_of(const LinearJob& job, std::int64_t row) {
  constexpr int at_once = Rows > 6 ? 2 : Rows > 3 ? 4 : 8;
  std::int64_t panel = job.panel_begin;
  for (; panel + at_once <= job.panel_end; panel += at_once) block<Rows, at_once>(job, row, panel);
  for (; panel < job.panel_end; ++panel) block<Rows, 1>(job, row, panel);
}

void tail(const LinearJob& job, std::int64_t row, std::int64_t rows) {
  switch (rows) {
    case 1:
      return panels_of<1>(job, row);
    case 2:
      return panels_of<2>(job, row);
    case 3:
      return panels_of<3>(job, row);
    case 4:
      return panels_of<4>(job, row);
    case 5:
      return panels_of<5>(job, row);
    case 6:
      return panels_of<6>(job, row);
    case 7:
      return panels_of<7>(job, row);
    case 8:
      return panels_of<8>(job, row);
    case 9:
      return panels_of<9>(job, row);
    case 10:
      return panels_of<10>(job, row);
    case 11:
      return panels_of<11>(job, row);
    default:
      return;
  }
}

void multiply(const LinearJob& job) {
  const std::int64_t whole = job.row_begin + (job.row_end - job.row_begin) / block_rows * block_rows;
  std::int64_t panel = job.panel_begin;
  for (; panel + 2 <= job.panel_end; panel += 2) {
    for (std::int64_t row = job.row_begin; row < whole; row += block_rows)
      block<block_rows, 2>(job, row, panel);
  }
  for (; panel < job.panel_end; ++panel) {
    for (std::int64_t row = job.row_begin; row < whole; row += block_rows)
      block<block_rows, 1>(job, row, panel);
  }
  tail(job, whole, job.row_end - whole);
}

void convert(std::uint16_t* to, const float* from, std::int64_t n) {
  std::int64_t i = 0;
  for (; i < n; i += lanes) {
    const std::int64_t left = n - i;
    const auto mask = static_cast<__mmask16>(left >= lanes ? 0xffff : (1U << left) - 1);
    const __m256bh y = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, from + i));
    _mm256_mask_storeu_epi16(to + i, mask, reinterpret_cast<__m256i>(y));
  }
}

}  // namespace

extern const DotLeaf dot_leaf;
const DotLeaf dot_leaf{multiply, convert};

}  // namespace assay::kernels::cpu::avx512_bf16
