#include "assay/ops/add.hpp"

#include "kernels/add.hpp"
#include "ops/dispatch.hpp"

namespace assay::ops {

void add(const tensor::Context& context, tensor::Matrix<float> x, tensor::Matrix<const float> y) {
  check_context(context);
  check_view(x);
  check_view(y);
  ASSAY_CHECK(x.rows == y.rows && x.cols == y.cols);
  switch (context.device.kind) {
    case tensor::DeviceKind::cpu:
      return kernels::cpu::add(context, x, y);
    case tensor::DeviceKind::cuda:
      no_cuda_kernel("add");
  }
}

}  // namespace assay::ops
