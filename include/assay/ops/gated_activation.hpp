// The gate of a gated MLP: SwiGLU, GeGLU (Shazeer 2020, arXiv:2002.05202).
#pragma once

#include "assay/tensor/device.hpp"
#include "assay/tensor/view.hpp"

namespace assay::ops {

enum class Activation { silu, gelu, gelu_tanh, relu };

/// out[i, j] = activation(gate_up[i, j]) * gate_up[i, n + j]. out: [rows, n]; gate_up: [rows, 2n], gate
/// first.
void gated_activation(const tensor::Context& context, tensor::Matrix<float> out,
                      tensor::Matrix<const float> gate_up, Activation activation);

}  // namespace assay::ops
