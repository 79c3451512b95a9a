// Causal grouped-query attention over a paged KV cache (Kwon et al. 2023, arXiv:2309.06180).
#pragma once

#include <cstdint>
#include <span>

#include "assay/tensor/device.hpp"
#include "assay/tensor/view.hpp"

namespace assay::ops {

/// Keys and values of one layer: [blocks, kv_heads, block_size, head_dim] each. A slot is
/// block * block_size + offset.
template <class T>
struct KvCache {
  T* keys = nullptr;
  T* values = nullptr;
  std::int64_t blocks = 0;
  std::int64_t kv_heads = 0;
  std::int64_t block_size = 0;
  std::int64_t head_dim = 0;
  operator KvCache<const T>() const {
    return {keys, values, blocks, kv_heads, block_size, head_dim};
  }  // NOLINT: view of const
};

/// Writes keys and values of new tokens into their slots. k, v: [tokens, kv_heads, head_dim]; slots:
/// [tokens].
void kv_store(const tensor::Context& context, KvCache<float> cache, tensor::Heads<const float> k,
              tensor::Heads<const float> v, std::span<const std::int64_t> slots);

/// Sequences of a ragged batch. Queries of sequence s are rows query_begin[s] .. query_begin[s+1] and are the
/// last tokens of its context.
struct AttentionBatch {
  std::span<const std::int32_t> query_begin;        ///< [sequences + 1]
  std::span<const std::int32_t> context_lengths;    ///< [sequences] cached tokens, the queries included
  tensor::Matrix<const std::int32_t> block_tables;  ///< [sequences, most blocks of any]
};

struct AttentionParams {
  float scale = 1.0F;
  std::int32_t window = 0;  ///< keys k > q - window are seen (the query itself included); 0: all
  float softcap = 0.0F;     ///< scores become softcap * tanh(score / softcap) before masking; 0: off
  std::span<const float> alibi_slopes;  ///< [heads] or empty; score += slope * (key - query)
};

/// out[t, h, :] = softmax(scale * q . K) V over the keys t may see. q, out: [tokens, heads, head_dim];
/// heads must be a multiple of kv_heads. Softmax in fp32. Bits of a row depend only on its own query and
/// its context, never on the rest of the batch, on chunking, or on which blocks hold the context.
void attention(const tensor::Context& context, tensor::Heads<float> out, tensor::Heads<const float> q,
               KvCache<const float> cache, const AttentionBatch& batch, const AttentionParams& params);

}  // namespace assay::ops
