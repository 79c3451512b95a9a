// bf16 products by AMX tiles: a 16 x 16 tile of sums takes sixteen rows of x and one panel, 32 of K a step.
// A panel [K/32][16][16][2] is a row of such weight tiles, 1 KiB each. Each row of a tile is summed by
// itself, so a row's bits do not depend on its neighbours, nor on how many rows its tile has.
#include <immintrin.h>

#include "kernels/cpu/simd/linear.hpp"

namespace assay::kernels::cpu::amx {
namespace {

constexpr std::int64_t lanes = 16;
constexpr std::int64_t step = 32;  // of K
constexpr std::int64_t tile_elements = lanes * step;

/// Operand of the instruction that shapes the tiles: all eight are 16 rows of 64 bytes. Tiles that are rows
/// of x or of sums (0 to 4) may have fewer rows, which take less time, as long as block_2x2 is not used.
struct alignas(64) TileShapes {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

/// Adds the bias to a tile of sums and stores the part of it that exists.
void store_tile(const float* sums, const LinearJob& job, std::int64_t row, std::int64_t panel) {
  const std::int64_t rows = job.row_end - row < lanes ? job.row_end - row : lanes;
  const std::int64_t column = panel * lanes;
  const std::int64_t left = job.out_features - column;
  const auto mask = static_cast<__mmask16>(left >= lanes ? 0xffff : (1U << left) - 1);
  const __m512 bias = _mm512_loadu_ps(job.bias + column);
  float* out = job.out + row * job.out_stride + column;
  for (std::int64_t r = 0; r < rows; ++r) {
    _mm512_mask_storeu_ps(out + r * job.out_stride, mask,
                          _mm512_add_ps(_mm512_load_ps(sums + r * lanes), bias));
  }
}

struct Operands {
  const std::uint16_t* x;
  std::int64_t x_bytes;  // from row to row
  const std::uint16_t* panel;
  std::int64_t panel_elements;
  std::int64_t steps;
};

Operands operands_of(const LinearJob& job, std::int64_t row, std::int64_t panel) {
  Operands o{};
  o.steps = (job.in_features + step - 1) / step;
  o.panel_elements = o.steps * tile_elements;
  o.x = static_cast<const std::uint16_t*>(job.x) + row * job.x_stride;
  o.x_bytes = job.x_stride * 2;
  o.panel = static_cast<const std::uint16_t*>(job.weights) + panel * o.panel_elements;
  return o;
}

/// Up to 32 rows times two panels.
void block_2x2(const LinearJob& job, std::int64_t row, std::int64_t panel) {
  const Operands o = operands_of(job, row, panel);
  const std::uint16_t* lower = o.x + lanes * job.x_stride;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (std::int64_t k = 0; k < o.steps; ++k) {
    _tile_loadd(4, o.x + k * step, o.x_bytes);
    _tile_loadd(6, o.panel + k * tile_elements, 64);
    _tile_loadd(7, o.panel + o.panel_elements + k * tile_elements, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_loadd(5, lower + k * step, o.x_bytes);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  alignas(64) float sums[4][lanes * lanes];
  _tile_stored(0, sums[0], 64);
  _tile_stored(1, sums[1], 64);
  _tile_stored(2, sums[2], 64);
  _tile_stored(3, sums[3], 64);
  store_tile(sums[0], job, row, panel);
  store_tile(sums[1], job, row, panel + 1);
  store_tile(sums[2], job, row + lanes, panel);
  store_tile(sums[3], job, row + lanes, panel + 1);
}

/// Asks for the weights that come `ahead` tiles later in each of four panels. The past end of a panel is the
/// next one, and beyond all of them asking does no harm.
[[gnu::always_inline]] inline void prefetch_tiles(const std::uint16_t* w, std::int64_t panel_elements) {
  constexpr std::int64_t ahead = 8 * tile_elements;
  const auto from = reinterpret_cast<std::uintptr_t>(w) + 2 * ahead;
  for (std::uintptr_t p = 0; p < 4; ++p) {
    const std::uintptr_t tile = from + 2 * p * static_cast<std::uintptr_t>(panel_elements);
#pragma GCC unroll 16
    for (std::uintptr_t line = 0; line < 16; ++line)
      _mm_prefetch(reinterpret_cast<const char*>(tile + 64 * line), _MM_HINT_T1);
  }
}

/// Up to 16 rows times four panels. Few rows wait for nothing but the weights, and the tile loads alone do
/// not keep enough of them under way.
void block_1x4(const LinearJob& job, std::int64_t row, std::int64_t panel) {
  const Operands o = operands_of(job, row, panel);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (std::int64_t k = 0; k < o.steps; ++k) {
    const std::uint16_t* w = o.panel + k * tile_elements;
    prefetch_tiles(w, o.panel_elements);
    _tile_loadd(4, o.x + k * step, o.x_bytes);
    _tile_loadd(5, w, 64);
    _tile_dpbf16ps(0, 4, 5);
    _tile_loadd(6, w + o.panel_elements, 64);
    _tile_dpbf16ps(1, 4, 6);
    _tile_loadd(7, w + 2 * o.panel_elements, 64);
    _tile_dpbf16ps(2, 4, 7);
    _tile_loadd(5, w + 3 * o.panel_elements, 64);
    _tile_dpbf16ps(3, 4, 5);
  }
  alignas(64) float sums[4][lanes * lanes];
  _tile_stored(0, sums[0], 64);
  _tile_stored(1, sums[1], 64);
  _tile_stored(2, sums[2], 64);
  _tile_stored(3, sums[3], 64);
  for (int p = 0; p < 4; ++p) store_tile(sums[p], job, row, panel + p);
}

/// Up to 16 rows times one panel.
void block_1x1(const LinearJob& job, std::int64_t row, std::int64_t panel) {
  const Operands o = operands_of(job, row, panel);
  _tile_zero(0);
  for (std::int64_t k = 0; k < o.steps; ++k) {
    _tile_loadd(4, o.x + k * step, o.x_bytes);
    _tile_loadd(5, o.panel + k * tile_elements, 64);
    _tile_dpbf16ps(0, 4, 5);
  }
  alignas(64) float sums[lanes * lanes];
  _tile_stored(0, sums, 64);
  store_tile(sums, job, row, panel);
}

void multiply(const LinearJob& job) {
  TileShapes shapes;
  const std::int64_t all_rows = job.row_end - job.row_begin;
  if (all_rows == 0) return;
  for (int i = 0; i < 5 && all_rows < lanes; ++i) shapes.rows[i] = static_cast<std::uint8_t>(all_rows);
  _tile_loadconfig(&shapes);
  // Four panels at a time stay in the cache while the rows pass: pairs of row tiles, then a last single one.
  const std::int64_t row_tiles = (all_rows + lanes - 1) / lanes;
  const std::int64_t paired_end = job.row_begin + row_tiles / 2 * 2 * lanes;
  std::int64_t panel = job.panel_begin;
  for (; panel + 4 <= job.panel_end; panel += 4) {
    for (std::int64_t pair = panel; pair < panel + 4; pair += 2) {
      for (std::int64_t row = job.row_begin; row < paired_end; row += 2 * lanes) block_2x2(job, row, pair);
    }
    if (paired_end < job.row_end) block_1x4(job, paired_end, panel);
  }
  for (; panel < job.panel_end; ++panel) {
    for (std::int64_t row = job.row_begin; row < job.row_end; row += lanes) block_1x1(job, row, panel);
  }
  _tile_release();
}

}  // namespace

extern const LinearLoop dot_multiply;
const LinearLoop dot_multiply = multiply;

}  // namespace assay::kernels::cpu::amx
