// Rotary position embedding: one signature, one namespace a backend. Contract: assay/ops/rope.hpp.
#pragma once

#include "assay/ops/rope.hpp"

namespace assay::kernels {

namespace ref {
void rope(const tensor::Context& context, tensor::Heads<float> x, std::span<const std::int32_t> positions,
          const ops::RopeTable& table, ops::RopeStyle style);
}  // namespace ref

namespace cpu {
void rope(const tensor::Context& context, tensor::Heads<float> x, std::span<const std::int32_t> positions,
          const ops::RopeTable& table, ops::RopeStyle style);
}  // namespace cpu

}  // namespace assay::kernels
