#include "kernels/rms_norm.hpp"

#include "kernels/cpu/simd/rms_norm.hpp"

namespace assay::kernels::cpu {

void rms_norm(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x,
              std::span<const float> weight, const ops::RmsNormParams& params) {
  const RmsNormLeaf& leaf = rms_norm_leaf();
#pragma omp parallel for num_threads(context.threads) if (x.rows * x.cols >= 16384)
  for (std::int64_t i = 0; i < x.rows; ++i) {
    leaf.row(out.row(i), x.row(i), weight.data(), x.cols, params.epsilon, params.weight_offset);
  }
}

}  // namespace assay::kernels::cpu
