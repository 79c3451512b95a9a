#include "kernels/linear.hpp"

#include <omp.h>

#include <algorithm>
#include <cstring>

#include "assay/util/error.hpp"
#include "kernels/cpu/simd/linear.hpp"

namespace assay::kernels::cpu {
namespace {

constexpr std::int64_t panel_width = 16;

std::int64_t round_up(std::int64_t n, std::int64_t to) {
  return (n + to - 1) / to * to;
}

/// Threads as a grid: enough panels for each, and only then rows.
struct Grid {
  std::int64_t panel_parts;
  std::int64_t row_parts;
};

Grid grid_of(int threads, std::int64_t rows, std::int64_t panels) {
  Grid grid{};
  grid.panel_parts = std::clamp<std::int64_t>(panels / 2, 1, threads);
  grid.row_parts = std::clamp<std::int64_t>(rows / 16, 1, threads / grid.panel_parts);
  return grid;
}

/// Threads worth waking for this many multiplications.
int threads_for(const tensor::Context& context, std::int64_t rows, const LinearJob& job) {
  return rows * job.in_features * job.out_features < 65536 ? 1 : context.threads;
}

/// Begin of part `index` of `parts` of [0, n), on multiples of `unit`.
std::int64_t part_begin(std::int64_t n, std::int64_t index, std::int64_t parts, std::int64_t unit) {
  return std::min(n, round_up(n * index / parts, unit));
}

/// Rows of x that stay in the second-level cache while the weights pass by.
std::int64_t chunk_rows(std::int64_t row_bytes) {
  constexpr std::int64_t budget = 768 * 1024;
  return std::clamp<std::int64_t>(budget / std::max<std::int64_t>(row_bytes, 1) / 96 * 96, 96, 960);
}

/// This thread's share of `job`'s rows and panels, in chunks of rows.
void run_share(LinearJob job, LinearLoop loop, std::int64_t rows, std::int64_t row_bytes, const Grid& grid,
               std::int64_t thread) {
  if (thread >= grid.panel_parts * grid.row_parts) return;
  const std::int64_t panels = round_up(job.out_features, panel_width) / panel_width;
  const std::int64_t panel_part = thread % grid.panel_parts;
  const std::int64_t row_part = thread / grid.panel_parts;
  job.panel_begin = part_begin(panels, panel_part, grid.panel_parts, 1);
  job.panel_end = part_begin(panels, panel_part + 1, grid.panel_parts, 1);
  const std::int64_t begin = part_begin(rows, row_part, grid.row_parts, panel_width);
  const std::int64_t end = part_begin(rows, row_part + 1, grid.row_parts, panel_width);
  const std::int64_t chunk = chunk_rows(row_bytes);
  for (job.row_begin = begin; job.row_begin < end; job.row_begin = job.row_end) {
    job.row_end = std::min(end, job.row_begin + chunk);
    loop(job);
  }
}

/// Reused by every product of the thread that calls: rows of x in bf16.
std::uint16_t* bf16_scratch(std::size_t elements) {
  thread_local tensor::Buffer buffer;
  if (buffer.size() < elements * 2) {
    buffer = tensor::Buffer();
    buffer = tensor::Buffer(elements * 2);
  }
  return reinterpret_cast<std::uint16_t*>(buffer.data());
}

void convert_row(std::uint16_t* to, std::int64_t padded, const tensor::Matrix<const float>& x,
                 std::int64_t row) {
  if (row >= x.rows) {
    std::fill_n(to, padded, std::uint16_t{0});
    return;
  }
  avx512_bf16::dot_leaf.convert(to, x.row(row), x.cols);
  std::fill(to + x.cols, to + padded, std::uint16_t{0});
}

void linear_dot(const tensor::Context& context, LinearJob job, const tensor::Matrix<const float>& x) {
  const LinearLoop loop = isa() >= Isa::amx ? amx::dot_multiply : avx512_bf16::dot_leaf.multiply;
  const std::int64_t padded = round_up(x.cols, 32);
  // One cache line more than a row, lest rows of a power of two share their cache sets.
  const std::int64_t stride = padded + 32;
  const std::int64_t rows = round_up(x.rows, panel_width);
  std::uint16_t* scratch = bf16_scratch(static_cast<std::size_t>(rows * stride));
  job.x = scratch;
  job.x_stride = stride;
  const int threads = threads_for(context, x.rows, job);
  const Grid grid = grid_of(threads, x.rows, round_up(job.out_features, panel_width) / panel_width);
#pragma omp parallel num_threads(threads)
  {
    const std::int64_t team = omp_get_num_threads();
#pragma omp for
    for (std::int64_t i = 0; i < rows; ++i) convert_row(scratch + i * stride, padded, x, i);
    for (std::int64_t part = omp_get_thread_num(); part < threads; part += team) {
      run_share(job, loop, x.rows, stride * 2, grid, part);
    }
  }
}

float widen(float x) {
  return x;
}
float widen(tensor::BFloat16 x) {
  return tensor::to_float(x);
}
float widen(tensor::Float16 x) {
  return tensor::to_float(x);
}

/// One panel: sixteen rows of the checkpoint, zeros past the last, a stretch of columns at a time through the
/// cache.
template <class Source>
void pack_panel(LinearWeights& weights, const Source* from, std::int64_t panel) {
  constexpr std::int64_t stretch = 64;
  const std::int64_t n = weights.in_features;
  const bool pairs = weights.format == LinearFormat::bf16_dot;
  const std::int64_t padded = pairs ? round_up(n, 32) : n;
  const std::int64_t begin = panel * padded * panel_width;
  auto* floats = reinterpret_cast<float*>(weights.data.data()) + begin;
  auto* halves = reinterpret_cast<std::uint16_t*>(weights.data.data()) + begin;
  const std::int64_t rows = std::min(panel_width, weights.out_features - panel * panel_width);
  float columns[panel_width][stretch] = {};
  for (std::int64_t k = 0; k < padded; k += stretch) {
    const std::int64_t count = std::min(stretch, padded - k);
    for (std::int64_t r = 0; r < rows; ++r) {
      const Source* row = from + (panel * panel_width + r) * n;
      for (std::int64_t i = 0; i < count; ++i) columns[r][i] = k + i < n ? widen(row[k + i]) : 0.0F;
    }
    for (std::int64_t i = 0; i < count; ++i) {
      for (std::int64_t r = 0; r < panel_width; ++r) {
        const std::int64_t at =
            pairs ? ((k + i) / 2 * panel_width + r) * 2 + (k + i) % 2 : (k + i) * panel_width + r;
        if (weights.format == LinearFormat::f32) {
          floats[at] = columns[r][i];
        } else {
          halves[at] = tensor::to_bfloat16(columns[r][i]).bits;
        }
      }
    }
  }
}

template <class Source>
void pack_panels(const tensor::Context& context, LinearWeights& weights, const void* from) {
  const std::int64_t panels = round_up(weights.out_features, panel_width) / panel_width;
#pragma omp parallel for num_threads(context.threads) schedule(static)
  for (std::int64_t panel = 0; panel < panels; ++panel)
    pack_panel(weights, static_cast<const Source*>(from), panel);
}

}  // namespace

bool has_bf16_dot() {
  return isa() >= Isa::avx512_bf16;
}

LinearWeights pack_linear(const tensor::Context& context, tensor::ConstArray weight,
                          std::int64_t out_features, std::int64_t in_features, LinearFormat format,
                          std::span<const float> bias) {
  ASSAY_CHECK(format != LinearFormat::bf16_dot || has_bf16_dot());
  LinearWeights result;
  result.format = format;
  result.out_features = out_features;
  result.in_features = in_features;
  const std::int64_t rows = round_up(out_features, panel_width);
  const std::int64_t columns = format == LinearFormat::bf16_dot ? round_up(in_features, 32) : in_features;
  result.data =
      tensor::Buffer(static_cast<std::size_t>(rows * columns * (format == LinearFormat::f32 ? 4 : 2)));
  result.bias = tensor::Buffer(static_cast<std::size_t>(rows) * sizeof(float));
  auto* padded_bias = reinterpret_cast<float*>(result.bias.data());
  std::fill_n(padded_bias, rows, 0.0F);
  std::copy(bias.begin(), bias.end(), padded_bias);
  switch (weight.dtype) {
    case tensor::DType::f32:
      pack_panels<float>(context, result, weight.data);
      break;
    case tensor::DType::bf16:
      pack_panels<tensor::BFloat16>(context, result, weight.data);
      break;
    case tensor::DType::f16:
      pack_panels<tensor::Float16>(context, result, weight.data);
      break;
    default:
      util::fail_internal("{} is not a dtype of weights", tensor::name_of(weight.dtype));
  }
  return result;
}

void linear(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x,
            const LinearWeights& weights) {
  LinearJob job;
  job.weights = weights.data.data();
  job.bias = reinterpret_cast<const float*>(weights.bias.data());
  job.out = out.data;
  job.out_stride = out.row_stride;
  job.in_features = weights.in_features;
  job.out_features = weights.out_features;
  if (weights.format == LinearFormat::bf16_dot) return linear_dot(context, job, x);
  job.x = x.data;
  job.x_stride = x.row_stride;
  const LinearLoop loop = weights.format == LinearFormat::f32 ? linear_leaf().f32 : linear_leaf().bf16;
  const int threads = threads_for(context, x.rows, job);
  const Grid grid = grid_of(threads, x.rows, round_up(job.out_features, panel_width) / panel_width);
#pragma omp parallel num_threads(threads)
  {
    const std::int64_t team = omp_get_num_threads();
    for (std::int64_t part = omp_get_thread_num(); part < threads; part += team) {
      run_share(job, loop, x.rows, x.cols * static_cast<std::int64_t>(sizeof(float)), grid, part);
    }
  }
}

}  // namespace assay::kernels::cpu
