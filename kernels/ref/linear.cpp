#include "kernels/linear.hpp"

namespace assay::kernels::ref {

void linear(const tensor::Context& /*context*/, tensor::Matrix<float> out, tensor::Matrix<const float> x,
            tensor::ConstArray weight, std::span<const float> bias) {
  for (std::int64_t i = 0; i < out.rows; ++i) {
    for (std::int64_t n = 0; n < out.cols; ++n) {
      double sum = bias.empty() ? 0.0 : bias[static_cast<std::size_t>(n)];
      for (std::int64_t k = 0; k < x.cols; ++k) {
        sum += static_cast<double>(x.row(i)[k]) * tensor::element_as_float(weight, n * x.cols + k);
      }
      out.row(i)[n] = static_cast<float>(sum);
    }
  }
}

}  // namespace assay::kernels::ref
