// Attention over the paged cache: one signature, one namespace a backend. Contract: assay/ops/attention.hpp.
#pragma once

#include "assay/ops/attention.hpp"

namespace assay::kernels {

namespace ref {
void kv_store(const tensor::Context& context, ops::KvCache<float> cache, tensor::Heads<const float> k,
              tensor::Heads<const float> v, std::span<const std::int64_t> slots);
void attention(const tensor::Context& context, tensor::Heads<float> out, tensor::Heads<const float> q,
               ops::KvCache<const float> cache, const ops::AttentionBatch& batch,
               const ops::AttentionParams& params);
}  // namespace ref

namespace cpu {
/// Greatest head_dim of cpu::attention, whose state lies on the stack.
inline constexpr std::int64_t max_head_dim = 512;

void kv_store(const tensor::Context& context, ops::KvCache<float> cache, tensor::Heads<const float> k,
              tensor::Heads<const float> v, std::span<const std::int64_t> slots);
void attention(const tensor::Context& context, tensor::Heads<float> out, tensor::Heads<const float> q,
               ops::KvCache<const float> cache, const ops::AttentionBatch& batch,
               const ops::AttentionParams& params);
}  // namespace cpu

}  // namespace assay::kernels
