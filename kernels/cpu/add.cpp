#include "kernels/add.hpp"

namespace assay::kernels::cpu {

void add(const tensor::Context& context, tensor::Matrix<float> x, tensor::Matrix<const float> y) {
#pragma omp parallel for num_threads(context.threads) if (x.rows * x.cols >= 65536)
  for (std::int64_t i = 0; i < x.rows; ++i) {
    float* to = x.row(i);
    const float* from = y.row(i);
#pragma omp simd
    for (std::int64_t j = 0; j < x.cols; ++j) to[j] += from[j];
  }
}

}  // namespace assay::kernels::cpu
