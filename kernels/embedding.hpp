// Token embedding look-up: one signature, one namespace a backend. Contract: assay/ops/embedding.hpp.
#pragma once

#include "assay/ops/embedding.hpp"

namespace assay::kernels {

namespace ref {
void embedding(const tensor::Context& context, tensor::Matrix<float> out, const ops::EmbeddingTable& table,
               std::span<const std::int32_t> ids);
}  // namespace ref

namespace cpu {
void embedding(const tensor::Context& context, tensor::Matrix<float> out, const ops::EmbeddingTable& table,
               std::span<const std::int32_t> ids);
}  // namespace cpu

}  // namespace assay::kernels
