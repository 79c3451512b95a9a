#include "assay/ops/gated_activation.hpp"

#include "kernels/gated_activation.hpp"
#include "ops/dispatch.hpp"

namespace assay::ops {

void gated_activation(const tensor::Context& context, tensor::Matrix<float> out,
                      tensor::Matrix<const float> gate_up, Activation activation) {
  check_context(context);
  check_view(out);
  check_view(gate_up);
  ASSAY_CHECK(gate_up.rows == out.rows && gate_up.cols == 2 * out.cols);
  switch (context.device.kind) {
    case tensor::DeviceKind::cpu:
      return kernels::cpu::gated_activation(context, out, gate_up, activation);
    case tensor::DeviceKind::cuda:
      no_cuda_kernel("gated_activation");
  }
}

}  // namespace assay::ops
