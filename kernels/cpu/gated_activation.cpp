#include "kernels/gated_activation.hpp"

#include "kernels/cpu/simd/gated_activation.hpp"

namespace assay::kernels::cpu {
namespace {

GatedRow row_function(ops::Activation activation) {
  const GatedActivationLeaf& leaf = gated_activation_leaf();
  switch (activation) {
    case ops::Activation::silu:
      return leaf.silu;
    case ops::Activation::gelu:
      return leaf.gelu;
    case ops::Activation::gelu_tanh:
      return leaf.gelu_tanh;
    case ops::Activation::relu:
      return leaf.relu;
  }
  return leaf.relu;
}

}  // namespace

void gated_activation(const tensor::Context& context, tensor::Matrix<float> out,
                      tensor::Matrix<const float> gate_up, ops::Activation activation) {
  const GatedRow row = row_function(activation);
#pragma omp parallel for num_threads(context.threads) if (out.rows * out.cols >= 16384)
  for (std::int64_t i = 0; i < out.rows; ++i) {
    row(out.row(i), gate_up.row(i), gate_up.row(i) + out.cols, out.cols);
  }
}

}  // namespace assay::kernels::cpu
