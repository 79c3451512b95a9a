// y = x W^T + bias. ref multiplies straight from the checkpoint's array; cpu packs the weights once.
// Contract: assay/ops/linear.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "assay/tensor/device.hpp"
#include "assay/tensor/dtype.hpp"
#include "assay/tensor/tensor.hpp"
#include "assay/tensor/view.hpp"

namespace assay::kernels {

namespace ref {
/// weight: [out.cols, x.cols] row-major f32, bf16 or f16; bias: [out.cols] or empty.
void linear(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x,
            tensor::ConstArray weight, std::span<const float> bias);
}  // namespace ref

namespace cpu {

/// How packed weights lie, and with that which multiplication runs.
enum class LinearFormat {
  f32,      ///< panels [N/16][K][16] of float; products and sums fp32
  bf16,     ///< the same in bfloat16, widened exactly on loading: half the bytes, the same bits as f32
  bf16_dot  ///< panels [N/16][K/32][16][16][2] of bfloat16 pairs, for AMX and AVX512-BF16
};

/// Weights of one layer, packed; `data` is padded with zeros to whole panels.
struct LinearWeights {
  LinearFormat format = LinearFormat::f32;
  std::int64_t out_features = 0;
  std::int64_t in_features = 0;
  tensor::Buffer data;
  tensor::Buffer bias;  ///< [out_features rounded up to 16] float, zeros where there is none
};

/// True if this machine (and ASSAY_CPU_ISA) has an instruction that multiplies bf16 pairs.
[[nodiscard]] bool has_bf16_dot();

[[nodiscard]] LinearWeights pack_linear(const tensor::Context& context, tensor::ConstArray weight,
                                        std::int64_t out_features, std::int64_t in_features,
                                        LinearFormat format, std::span<const float> bias);

void linear(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x,
            const LinearWeights& weights);

}  // namespace cpu

}  // namespace assay::kernels
