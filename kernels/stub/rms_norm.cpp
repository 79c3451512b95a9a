#include "kernels/rms_norm.hpp"

#include "kernels/stub/cuda_module.hpp"

namespace assay::kernels::cuda {

void rms_norm(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x,
              std::span<const float> weight, const ops::RmsNormParams& params) {
  CudaRmsNorm args;
  args.out = out.data;
  args.out_stride = out.row_stride;
  args.x = x.data;
  args.x_stride = x.row_stride;
  args.weight = weight.data();
  args.rows = x.rows;
  args.cols = x.cols;
  args.epsilon = params.epsilon;
  args.weight_offset = params.weight_offset;
  check_launch("rms_norm", cuda_module().rms_norm_f32(context.stream, args));
}

}  // namespace assay::kernels::cuda
