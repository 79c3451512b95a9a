#include "kernels/rms_norm.hpp"

#include <cmath>

namespace assay::kernels::ref {

void rms_norm(const tensor::Context& /*context*/, tensor::Matrix<float> out, tensor::Matrix<const float> x,
              std::span<const float> weight, const ops::RmsNormParams& params) {
  for (std::int64_t i = 0; i < x.rows; ++i) {
    double squares = 0;
    for (std::int64_t j = 0; j < x.cols; ++j) squares += static_cast<double>(x.row(i)[j]) * x.row(i)[j];
    const double scale = 1 / std::sqrt(squares / static_cast<double>(x.cols) + params.epsilon);
    for (std::int64_t j = 0; j < x.cols; ++j) {
      const double w = static_cast<double>(weight[static_cast<std::size_t>(j)]) + params.weight_offset;
      out.row(i)[j] = static_cast<float>(x.row(i)[j] * scale * w);
    }
  }
}

}  // namespace assay::kernels::ref
