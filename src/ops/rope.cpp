#include "assay/ops/rope.hpp"

#include <algorithm>

#include "kernels/rope.hpp"
#include "ops/dispatch.hpp"

namespace assay::ops {

void rope(const tensor::Context& context, tensor::Heads<float> x, std::span<const std::int32_t> positions,
          const RopeTable& table, RopeStyle style) {
  check_context(context);
  check_view(x);
  ASSAY_CHECK(static_cast<std::int64_t>(positions.size()) == x.rows);
  ASSAY_CHECK(table.rotary_dim >= 0 && table.rotary_dim % 2 == 0 && table.rotary_dim <= x.head_dim);
  ASSAY_CHECK(table.cosines.size() == table.sines.size());
  if (x.rows == 0 || table.rotary_dim == 0) return;
  switch (context.device.kind) {
    case tensor::DeviceKind::cpu: {
      const auto [least, most] = std::ranges::minmax(positions);
      ASSAY_CHECK(least >= 0);
      ASSAY_CHECK((std::int64_t{most} + 1) * (table.rotary_dim / 2) <=
                  static_cast<std::int64_t>(table.cosines.size()));
      return kernels::cpu::rope(context, x, positions, table, style);
    }
    case tensor::DeviceKind::cuda:
      no_cuda_kernel("rope");
  }
}

}  // namespace assay::ops
