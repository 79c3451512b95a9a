#include "kernels/attention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace assay::kernels::ref {
namespace {

/// Offset of a cached token's vector of one head.
std::int64_t cached(const ops::KvCache<const float>& cache, const ops::AttentionBatch& batch,
                    std::int64_t sequence, std::int64_t kv_head, std::int64_t key) {
  const std::int64_t block = batch.block_tables.row(sequence)[key / cache.block_size];
  return ((block * cache.kv_heads + kv_head) * cache.block_size + key % cache.block_size) * cache.head_dim;
}

}  // namespace

void kv_store(const tensor::Context& /*context*/, ops::KvCache<float> cache, tensor::Heads<const float> k,
              tensor::Heads<const float> v, std::span<const std::int64_t> slots) {
  for (std::int64_t t = 0; t < k.rows; ++t) {
    const std::int64_t block = slots[static_cast<std::size_t>(t)] / cache.block_size;
    const std::int64_t offset = slots[static_cast<std::size_t>(t)] % cache.block_size;
    for (std::int64_t h = 0; h < cache.kv_heads; ++h) {
      const std::int64_t to = ((block * cache.kv_heads + h) * cache.block_size + offset) * cache.head_dim;
      std::copy_n(k.at(t, h), cache.head_dim, cache.keys + to);
      std::copy_n(v.at(t, h), cache.head_dim, cache.values + to);
    }
  }
}

void attention(const tensor::Context& /*context*/, tensor::Heads<float> out, tensor::Heads<const float> q,
               ops::KvCache<const float> cache, const ops::AttentionBatch& batch,
               const ops::AttentionParams& params) {
  const std::int64_t group = q.heads / std::max<std::int64_t>(cache.kv_heads, 1);
  for (std::size_t s = 0; s + 1 < batch.query_begin.size(); ++s) {
    const auto sequence = static_cast<std::int64_t>(s);
    for (std::int64_t t = batch.query_begin[s]; t < batch.query_begin[s + 1]; ++t) {
      const std::int64_t position = batch.context_lengths[s] - (batch.query_begin[s + 1] - t);
      const std::int64_t first =
          params.window > 0 ? std::max<std::int64_t>(0, position - params.window + 1) : 0;
      for (std::int64_t h = 0; h < q.heads; ++h) {
        std::vector<double> scores;
        double greatest = -std::numeric_limits<double>::infinity();
        for (std::int64_t key = first; key <= position; ++key) {
          const float* k = cache.keys + cached(cache, batch, sequence, h / group, key);
          double score = 0;
          for (std::int64_t d = 0; d < q.head_dim; ++d) score += static_cast<double>(q.at(t, h)[d]) * k[d];
          score *= params.scale;
          if (params.softcap > 0) score = params.softcap * std::tanh(score / params.softcap);
          if (!params.alibi_slopes.empty()) {
            score += static_cast<double>(params.alibi_slopes[static_cast<std::size_t>(h)]) *
                     static_cast<double>(key - position);
          }
          scores.push_back(score);
          greatest = std::max(greatest, score);
        }
        std::vector<double> sum(static_cast<std::size_t>(q.head_dim), 0.0);
        double total = 0;
        for (std::int64_t key = first; key <= position; ++key) {
          const double p = std::exp(scores[static_cast<std::size_t>(key - first)] - greatest);
          const float* v = cache.values + cached(cache, batch, sequence, h / group, key);
          total += p;
          for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += p * v[d];
        }
        for (std::size_t d = 0; d < sum.size(); ++d) out.at(t, h)[d] = static_cast<float>(sum[d] / total);
      }
    }
  }
}

}  // namespace assay::kernels::ref
