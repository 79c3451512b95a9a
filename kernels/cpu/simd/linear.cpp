// fp32 products over panels [N/16][K][16].
#include "kernels/cpu/simd/linear.hpp"

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

/// `Rows` rows times all panels of the job. Fewer rows take more panels at once, to fill the registers and to
/// read memory in more streams.
template <class Format, int Rows>
void panels_of(const LinearJob& job, std::int64_t row) {
  constexpr int registers = width == 16 ? 24 : 12;
  constexpr int most = registers / (Rows * parts);
  constexpr int at_once = most >= 8 ? 8 : most >= 4 ? 4 : most >= 2 ? 2 : 1;
  std::int64_t panel = job.panel_begin;
  for (; panel + at_once <= job.panel_end; panel += at_once) block<Format, Rows, at_once>(job, row, panel);
  for (; panel < job.panel_end; ++panel) block<Format, Rows, 1>(job, row, panel);
}

/// Rows of one register block; for many rows, whose panels are then the inner loop's, see rows_of.
constexpr int block_rows = width == 16 ? 12 : width == 8 ? 6 : 2;
constexpr int block_panels = width == 16 ? 2 : 1;

template <class Format>
void tail(const LinearJob& job, std::int64_t row, std::int64_t rows) {
  switch (rows) {
    case 1:
      return panels_of<Format, 1>(job, row);
    case 2:
      return panels_of<Format, 2>(job, row);
    case 3:
      return panels_of<Format, 3>(job, row);
    case 4:
      return panels_of<Format, 4>(job, row);
    case 5:
      return panels_of<Format, 5>(job, row);
    case 6:
      return panels_of<Format, 6>(job, row);
    case 7:
      return panels_of<Format, 7>(job, row);
    case 8:
      return panels_of<Format, 8>(job, row);
    case 9:
      return panels_of<Format, 9>(job, row);
    case 10:
      return panels_of<Format, 10>(job, row);
    case 11:
      return panels_of<Format, 11>(job, row);
    default:
      return;
  }
}

template <class Format>
void multiply(const LinearJob& job) {
  const std::int64_t whole = job.row_begin + (job.row_end - job.row_begin) / block_rows * block_rows;
  std::int64_t panel = job.panel_begin;
  for (; panel + block_panels <= job.panel_end; panel += block_panels) {
    for (std::int64_t row = job.row_begin; row < whole; row += block_rows) {
      block<Format, block_rows, block_panels>(job, row, panel);
    }
  }
  for (; panel < job.panel_end; ++panel) {
    for (std::int64_t row = job.row_begin; row < whole; row += block_rows) {
      block<Format, block_rows, 1>(job, row, panel);
    }
  }
  tail<Format>(job, whole, job.row_end - whole);
}

}  // namespace

extern const LinearLeaf linear_leaf;
const LinearLeaf linear_leaf{multiply<F32Panels>, multiply<Bf16Panels>};

}  // namespace assay::kernels::cpu::ASSAY_SIMD_ISA
