// Gate of a gated MLP: one signature, one namespace a backend. Contract: assay/ops/gated_activation.hpp.
#pragma once

#include "assay/ops/gated_activation.hpp"

namespace assay::kernels {

namespace ref {
void gated_activation(const tensor::Context& context, tensor::Matrix<float> out,
                      tensor::Matrix<const float> gate_up, ops::Activation activation);
}  // namespace ref

namespace cpu {
void gated_activation(const tensor::Context& context, tensor::Matrix<float> out,
                      tensor::Matrix<const float> gate_up, ops::Activation activation);
}  // namespace cpu

}  // namespace assay::kernels
