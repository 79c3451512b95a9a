// Residual addition: one signature, one namespace a backend. Contract: assay/ops/add.hpp.
#pragma once

#include "assay/ops/add.hpp"

namespace assay::kernels {

namespace ref {
void add(const tensor::Context& context, tensor::Matrix<float> x, tensor::Matrix<const float> y);
}  // namespace ref

namespace cpu {
void add(const tensor::Context& context, tensor::Matrix<float> x, tensor::Matrix<const float> y);
}  // namespace cpu

}  // namespace assay::kernels
