// Root-mean-square layer normalisation (Zhang and Sennrich 2019, arXiv:1910.07467).
#pragma once

#include <span>

#include "assay/tensor/device.hpp"
#include "assay/tensor/view.hpp"

namespace assay::ops {

struct RmsNormParams {
  float epsilon = 1e-6F;
  float weight_offset = 0.0F;  ///< added to every weight (Gemma: 1)
};

/// out[i, :] = x[i, :] / sqrt(mean(x[i, :]^2) + epsilon) * (weight + weight_offset); statistics in fp32 or
/// better. x, out: [rows, n], which may be the same memory; weight: [n]. A row's result does not depend on
/// the other rows. Also used per head, with rows = tokens * heads.
void rms_norm(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x,
              std::span<const float> weight, const RmsNormParams& params);

}  // namespace assay::ops
