#include "assay/ops/attention.hpp"

#include <algorithm>

#include "kernels/attention.hpp"
#include "ops/dispatch.hpp"

namespace assay::ops {
namespace {

template <class T>
void check_cache(const KvCache<T>& cache) {
  ASSAY_CHECK(cache.blocks >= 0 && cache.kv_heads > 0 && cache.block_size > 0 && cache.head_dim > 0);
  ASSAY_CHECK((cache.keys != nullptr && cache.values != nullptr) || cache.blocks == 0);
}

/// Every cached token a sequence reads lies in a block that exists.
void check_batch(const AttentionBatch& batch, const KvCache<const float>& cache, std::int64_t rows) {
  ASSAY_CHECK(!batch.query_begin.empty() && batch.query_begin.front() == 0 &&
              batch.query_begin.back() == rows);
  const std::size_t sequences = batch.query_begin.size() - 1;
  ASSAY_CHECK(batch.context_lengths.size() == sequences);
  ASSAY_CHECK(batch.block_tables.rows == static_cast<std::int64_t>(sequences));
  for (std::size_t s = 0; s < sequences; ++s) {
    const std::int64_t queries = batch.query_begin[s + 1] - batch.query_begin[s];
    const std::int64_t length = batch.context_lengths[s];
    ASSAY_CHECK(queries >= 0 && queries <= length);
    if (queries == 0) continue;
    const std::int64_t blocks = (length + cache.block_size - 1) / cache.block_size;
    ASSAY_CHECK(blocks <= batch.block_tables.cols);
    const std::int32_t* table = batch.block_tables.row(static_cast<std::int64_t>(s));
    ASSAY_CHECK(
        std::all_of(table, table + blocks, [&](std::int32_t b) { return b >= 0 && b < cache.blocks; }));
  }
}

}  // namespace

void kv_store(const tensor::Context& context, KvCache<float> cache, tensor::Heads<const float> k,
              tensor::Heads<const float> v, std::span<const std::int64_t> slots) {
  check_context(context);
  check_cache(cache);
  check_view(k);
  check_view(v);
  ASSAY_CHECK(k.rows == v.rows && k.heads == v.heads && k.head_dim == v.head_dim);
  ASSAY_CHECK(k.heads == cache.kv_heads && k.head_dim == cache.head_dim);
  ASSAY_CHECK(static_cast<std::int64_t>(slots.size()) == k.rows);
  switch (context.device.kind) {
    case tensor::DeviceKind::cpu: {
      const std::int64_t end = cache.blocks * cache.block_size;
      ASSAY_CHECK(std::ranges::all_of(slots, [&](std::int64_t slot) { return slot >= 0 && slot < end; }));
      return kernels::cpu::kv_store(context, cache, k, v, slots);
    }
    case tensor::DeviceKind::cuda:
      no_cuda_kernel("kv_store");
  }
}

void attention(const tensor::Context& context, tensor::Heads<float> out, tensor::Heads<const float> q,
               KvCache<const float> cache, const AttentionBatch& batch, const AttentionParams& params) {
  check_context(context);
  check_cache(cache);
  check_view(out);
  check_view(q);
  ASSAY_CHECK(out.rows == q.rows && out.heads == q.heads && out.head_dim == q.head_dim);
  ASSAY_CHECK(q.head_dim == cache.head_dim && q.heads % cache.kv_heads == 0);
  ASSAY_CHECK(params.window >= 0);
  ASSAY_CHECK(params.alibi_slopes.empty() ||
              static_cast<std::int64_t>(params.alibi_slopes.size()) == q.heads);
  switch (context.device.kind) {
    case tensor::DeviceKind::cpu:
      util::check_input(
          cache.head_dim <= kernels::cpu::max_head_dim,
          "head_dim {} is too large for the CPU attention kernel (at most {}); use a CUDA device",
          cache.head_dim, kernels::cpu::max_head_dim);
      check_batch(batch, cache, q.rows);
      return kernels::cpu::attention(context, out, q, cache, batch, params);
    case tensor::DeviceKind::cuda:
      no_cuda_kernel("attention");
  }
}

}  // namespace assay::ops
