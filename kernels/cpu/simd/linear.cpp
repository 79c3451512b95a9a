// fp32 products over panels [N/16][K][16].
#include "kernels/cpu/simd/linear.hpp"

#include <utility>

#include "kernels/cpu/simd/vec.hpp"

namespace assay::kernels::cpu::ASSAY_SIMD_ISA {
namespace {

struct F32Panels {
  using Element = float;
  ASSAY_INLINE static Floats load16(const float* from) { return load(from); }
};
struct Bf16Panels {
  using Element = std::uint16_t;
  ASSAY_INLINE static Floats load16(const std::uint16_t* from) { return load_bf16(from); }
};

/// `Rows` rows times `Panels` panels, sums in registers.
template <class Format, int Rows, int Panels>
void block(const LinearJob& job, std::int64_t row, std::int64_t panel) {
  const std::int64_t n = job.in_features;
  const auto* weights = static_cast<const typename Format::Element*>(job.weights) + panel * n * lanes;
  const float* x = static_cast<const float*>(job.x) + row * job.x_stride;
  Floats sums[Rows][Panels];
  for (auto& of_row : sums) {
    for (Floats& s : of_row) s = broadcast(0);
  }
  for (std::int64_t k = 0; k < n; ++k) {
    Floats w[Panels];
    for (int p = 0; p < Panels; ++p) w[p] = Format::load16(weights + (p * n + k) * lanes);
    for (int r = 0; r < Rows; ++r) {
      const Floats a = broadcast(x[r * job.x_stride + k]);
      for (int p = 0; p < Panels; ++p) sums[r][p] = fma(a, w[p], sums[r][p]);
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int p = 0; p < Panels; ++p) {
      const std::int64_t column = (panel + p) * lanes;
      float* out = job.out + (row + r) * job.out_stride + column;
      const Floats y = sums[r][p] + load(job.bias + column);
      if (column + lanes <= job.out_features) {
        store(out, y);
      } else {
        store_partial(out, y, job.out_features - column);
      }
    }
  }
}

/// Rows of the largest register block, and panels beside each other in it.
constexpr int block_rows = width == 16 ? 12 : width == 8 ? 6 : 2;
constexpr int block_panels = width == 16 ? 2 : 1;

/// Panels that fit the registers beside `rows` rows. A single row block takes as many as that, which also
/// reads memory in as many streams.
constexpr int panels_for(int rows) {
  const int most = block_rows * block_panels / rows;
  return most >= 8 ? 8 : most >= 4 ? 4 : most >= 2 ? 2 : 1;
}

using Block = void (*)(const LinearJob& job, std::int64_t row, std::int64_t panel);

/// Blocks of one to block_rows rows: wide, two panels (or as many as the registers allow), one panel.
template <class Format>
struct Blocks {
  Block wide[block_rows];
  Block usual[block_rows];
  Block narrow[block_rows];
};
/// Several row blocks of about the same size have at least half of block_rows each: smaller ones are not
/// built.
constexpr int usual_rows(int rows) {
  return 2 * rows >= block_rows ? rows : block_rows;
}

template <class Format, std::size_t... I>
constexpr Blocks<Format> make_blocks(std::index_sequence<I...>) {
  return {{block<Format, I + 1, panels_for(I + 1)>...},
          {block<Format, usual_rows(I + 1), block_panels>...},
          {block<Format, I + 1, 1>...}};
}

template <class Format>
void multiply(const LinearJob& job) {
  static constexpr Blocks<Format> blocks = make_blocks<Format>(std::make_index_sequence<block_rows>());
  const std::int64_t rows = job.row_end - job.row_begin;
  // Row blocks of about the same size, all of which use a panel while it is in the cache.
  const std::int64_t count = (rows + block_rows - 1) / block_rows;
  const bool single = count == 1;
  const int at_once = single ? panels_for(static_cast<int>(rows)) : block_panels;
  const Block* several = single ? blocks.wide : blocks.usual;
  for (std::int64_t panel = job.panel_begin; panel < job.panel_end;) {
    const bool whole = panel + at_once <= job.panel_end;
    const Block* functions = whole ? several : blocks.narrow;
    std::int64_t row = job.row_begin;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t size = rows / count + (i < rows % count ? 1 : 0);
      functions[size - 1](job, row, panel);
      row += size;
    }
    panel += whole ? at_once : 1;
  }
}

}  // namespace

extern const LinearLeaf linear_leaf;
const LinearLeaf linear_leaf{multiply<F32Panels>, multiply<Bf16Panels>};

}  // namespace assay::kernels::cpu::ASSAY_SIMD_ISA
