#include "kernels/add.hpp"

namespace assay::kernels::ref {

void add(const tensor::Context& /*context*/, tensor::Matrix<float> x, tensor::Matrix<const float> y) {
  for (std::int64_t i = 0; i < x.rows; ++i) {
    for (std::int64_t j = 0; j < x.cols; ++j) x.row(i)[j] += y.row(i)[j];
  }
}

}  // namespace assay::kernels::ref
