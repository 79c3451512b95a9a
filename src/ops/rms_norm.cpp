#include "assay/ops/rms_norm.hpp"

#include "kernels/rms_norm.hpp"
#include "ops/dispatch.hpp"

namespace assay::ops {

void rms_norm(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x,
              std::span<const float> weight, const RmsNormParams& params) {
  check_context(context);
  check_view(out);
  check_view(x);
  ASSAY_CHECK(out.rows == x.rows && out.cols == x.cols);
  ASSAY_CHECK(static_cast<std::int64_t>(weight.size()) == x.cols);
  if (x.rows == 0 || x.cols == 0) return;
  switch (context.device.kind) {
    case tensor::DeviceKind::cpu:
      return kernels::cpu::rms_norm(context, out, x, weight, params);
    case tensor::DeviceKind::cuda:
      return kernels::cuda::rms_norm(context, out, x, weight, params);
  }
}

}  // namespace assay::ops
