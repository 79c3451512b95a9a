#include "kernels/gated_activation.hpp"

#include <cmath>
#include <numbers>

namespace assay::kernels::ref {
namespace {

double activate(double x, ops::Activation activation) {
  switch (activation) {
    case ops::Activation::silu:
      return x / (1 + std::exp(-x));
    case ops::Activation::gelu:
      return 0.5 * x * std::erfc(-x / std::numbers::sqrt2);
    case ops::Activation::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    case ops::Activation::relu:
      return x > 0 ? x : 0;
  }
  return x;
}

}  // namespace

void gated_activation(const tensor::Context& /*context*/, tensor::Matrix<float> out,
                      tensor::Matrix<const float> gate_up, ops::Activation activation) {
  for (std::int64_t i = 0; i < out.rows; ++i) {
    for (std::int64_t j = 0; j < out.cols; ++j) {
      const float* row = gate_up.row(i);
      out.row(i)[j] = static_cast<float>(activate(row[j], activation) * row[out.cols + j]);
    }
  }
}

}  // namespace assay::kernels::ref
