// RMS normalisation: one signature, one namespace a backend. Contract: assay/ops/rms_norm.hpp.
#pragma once

#include "assay/ops/rms_norm.hpp"

namespace assay::kernels {

namespace ref {
void rms_norm(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x,
              std::span<const float> weight, const ops::RmsNormParams& params);
}  // namespace ref

namespace cpu {
void rms_norm(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x,
              std::span<const float> weight, const ops::RmsNormParams& params);
}  // namespace cpu

namespace cuda {
/// Device pointers; enqueued on context.stream.
void rms_norm(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x,
              std::span<const float> weight, const ops::RmsNormParams& params);
}  // namespace cuda

}  // namespace assay::kernels
