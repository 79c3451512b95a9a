// Residual addition.
#pragma once

#include "assay/tensor/device.hpp"
#include "assay/tensor/view.hpp"

namespace assay::ops {

/// x += y; both [rows, n].
void add(const tensor::Context& context, tensor::Matrix<float> x, tensor::Matrix<const float> y);

}  // namespace assay::ops
