#include "kernels/rope.hpp"

namespace assay::kernels::cpu {
namespace {

void rotate_neox(float* head, const float* cosines, const float* sines, std::int64_t half) {
  float* second = head + half;
#pragma omp simd
  for (std::int64_t i = 0; i < half; ++i) {
    const float a = head[i];
    const float b = second[i];
    head[i] = a * cosines[i] - b * sines[i];
    second[i] = b * cosines[i] + a * sines[i];
  }
}

void rotate_interleaved(float* head, const float* cosines, const float* sines, std::int64_t half) {
#pragma omp simd
  for (std::int64_t i = 0; i < half; ++i) {
    const float a = head[2 * i];
    const float b = head[2 * i + 1];
    head[2 * i] = a * cosines[i] - b * sines[i];
    head[2 * i + 1] = b * cosines[i] + a * sines[i];
  }
}

}  // namespace

void rope(const tensor::Context& context, tensor::Heads<float> x, std::span<const std::int32_t> positions,
          const ops::RopeTable& table, ops::RopeStyle style) {
  const std::int64_t half = table.rotary_dim / 2;
  const auto rotate = style == ops::RopeStyle::neox ? rotate_neox : rotate_interleaved;
#pragma omp parallel for num_threads(context.threads) if (x.rows * x.heads * x.head_dim >= 65536)
  for (std::int64_t t = 0; t < x.rows; ++t) {
    const std::int64_t angles = positions[static_cast<std::size_t>(t)] * half;
    for (std::int64_t h = 0; h < x.heads; ++h) {
      rotate(x.at(t, h), table.cosines.data() + angles, table.sines.data() + angles, half);
    }
  }
}

}  // namespace assay::kernels::cpu
