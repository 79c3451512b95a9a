#include "kernels/rope.hpp"

namespace assay::kernels::ref {

void rope(const tensor::Context& /*context*/, tensor::Heads<float> x, std::span<const std::int32_t> positions,
          const ops::RopeTable& table, ops::RopeStyle style) {
  const std::int64_t half = table.rotary_dim / 2;
  for (std::int64_t t = 0; t < x.rows; ++t) {
    const std::int64_t angles = positions[static_cast<std::size_t>(t)] * half;
    for (std::int64_t h = 0; h < x.heads; ++h) {
      float* head = x.at(t, h);
      for (std::int64_t i = 0; i < half; ++i) {
        const std::int64_t first = style == ops::RopeStyle::neox ? i : 2 * i;
        const std::int64_t second = style == ops::RopeStyle::neox ? i + half : 2 * i + 1;
        const double c = table.cosines[static_cast<std::size_t>(angles + i)];
        const double s = table.sines[static_cast<std::size_t>(angles + i)];
        const double a = head[first];
        const double b = head[second];
        head[first] = static_cast<float>(a * c - b * s);
        head[second] = static_cast<float>(b * c + a * s);
      }
    }
  }
}

}  // namespace assay::kernels::ref
