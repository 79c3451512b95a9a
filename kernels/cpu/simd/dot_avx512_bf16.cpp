// bf16 products by AVX512-BF16, panels [N/16][K/2][16][2]: each instruction adds two products to sixteen
// sums.
#include <immintrin.h>

#include <utility>

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

constexpr int panels_for(int rows) {
  return rows > 6 ? 2 : rows > 3 ? 4 : 8;
}

using Block = void (*)(const LinearJob& job, std::int64_t row, std::int64_t panel);

struct Blocks {
  Block wide[block_rows];
  Block usual[block_rows];
  Block narrow[block_rows];
};
/// As in linear.cpp: blocks of less than half of block_rows rows are not built for several row blocks.
constexpr int usual_rows(int rows) {
  return 2 * rows >= block_rows ? rows : block_rows;
}

template <std::size_t... I>
constexpr Blocks make_blocks(std::index_sequence<I...>) {
  return {{block<I + 1, panels_for(I + 1)>...}, {block<usual_rows(I + 1), 2>...}, {block<I + 1, 1>...}};
}

/// As in linear.cpp: row blocks of about the same size share a panel while it is in the cache; a single one
/// takes as many panels as the registers hold.
void multiply(const LinearJob& job) {
  static constexpr Blocks blocks = make_blocks(std::make_index_sequence<block_rows>());
  const std::int64_t rows = job.row_end - job.row_begin;
  const std::int64_t count = (rows + block_rows - 1) / block_rows;
  const bool single = count == 1;
  const int at_once = single ? panels_for(static_cast<int>(rows)) : 2;
  for (std::int64_t panel = job.panel_begin; panel < job.panel_end;) {
    const bool whole = panel + at_once <= job.panel_end;
    const Block* functions = !whole ? blocks.narrow : single ? blocks.wide : blocks.usual;
    std::int64_t row = job.row_begin;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t size = rows / count + (i < rows % count ? 1 : 0);
      functions[size - 1](job, row, panel);
      row += size;
    }
    panel += whole ? at_once : 1;
  }
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
