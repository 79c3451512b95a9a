#include "kernels/attention.hpp"

#include <algorithm>
#include <atomic>

#include "kernels/cpu/simd/attention.hpp"

namespace assay::kernels::cpu {
namespace {

/// How the rows of a batch are cut into jobs: per sequence, per key-value head, per few of its query heads,
/// per few queries.
struct Cut {
  std::int64_t group;       ///< query heads of a key-value head
  std::int64_t heads;       ///< of them in one job
  std::int64_t head_parts;  ///< jobs that share a key-value head and queries
  std::int64_t queries;     ///< in one job
};

Cut cut_of(std::int64_t heads, std::int64_t kv_heads) {
  Cut cut{};
  cut.group = heads / kv_heads;
  cut.heads = std::min<std::int64_t>(cut.group, AttentionJob::max_rows);
  cut.head_parts = (cut.group + cut.heads - 1) / cut.heads;
  cut.queries = AttentionJob::max_rows / cut.heads;
  return cut;
}

/// Everything a job of sequence `s` shares with the sequence's others.
struct Work {
  tensor::Heads<float> out;
  tensor::Heads<const float> q;
  const ops::KvCache<const float>& cache;
  const ops::AttentionBatch& batch;
  const ops::AttentionParams& params;
  Cut cut;
  const AttentionLeaf& leaf;

  [[nodiscard]] std::int64_t jobs_of(std::size_t s) const {
    const std::int64_t queries = batch.query_begin[s + 1] - batch.query_begin[s];
    return (queries + cut.queries - 1) / cut.queries * cache.kv_heads * cut.head_parts;
  }
  void run(std::size_t s, std::int64_t index) const;
};

void Work::run(std::size_t s, std::int64_t index) const {
  const std::int64_t parts = cache.kv_heads * cut.head_parts;
  const std::int64_t kv_head = index % parts / cut.head_parts;
  const std::int64_t head_begin = kv_head * cut.group + index % cut.head_parts * cut.heads;
  const std::int64_t head_end = std::min(head_begin + cut.heads, (kv_head + 1) * cut.group);
  const std::int64_t row_begin = batch.query_begin[s] + index / parts * cut.queries;
  const std::int64_t row_end = std::min<std::int64_t>(row_begin + cut.queries, batch.query_begin[s + 1]);

  AttentionJob job;
  for (std::int64_t t = row_begin; t < row_end; ++t) {
    for (std::int64_t h = head_begin; h < head_end; ++h) {
      job.query[job.rows] = q.at(t, h);
      job.out[job.rows] = out.at(t, h);
      job.position[job.rows] = batch.context_lengths[s] - (batch.query_begin[s + 1] - t);
      job.slope[job.rows] =
          params.alibi_slopes.empty() ? 0.0F : params.alibi_slopes[static_cast<std::size_t>(h)];
      ++job.rows;
    }
  }
  const std::int64_t head_offset = kv_head * cache.block_size * cache.head_dim;
  job.keys = cache.keys + head_offset;
  job.values = cache.values + head_offset;
  job.block_table = batch.block_tables.row(static_cast<std::int64_t>(s));
  job.block_size = cache.block_size;
  job.block_stride = cache.kv_heads * cache.block_size * cache.head_dim;
  job.head_dim = cache.head_dim;
  job.window = params.window;
  job.scale = params.scale;
  job.softcap = params.softcap;
  job.alibi = !params.alibi_slopes.empty();
  leaf.rows(job);
}

}  // namespace

void kv_store(const tensor::Context& context, ops::KvCache<float> cache, tensor::Heads<const float> k,
              tensor::Heads<const float> v, std::span<const std::int64_t> slots) {
#pragma omp parallel for num_threads(context.threads) if (k.rows * k.heads * k.head_dim >= 65536)
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

void attention(const tensor::Context& context, tensor::Heads<float> out, tensor::Heads<const float> q,
               ops::KvCache<const float> cache, const ops::AttentionBatch& batch,
               const ops::AttentionParams& params) {
  if (q.rows == 0 || q.heads == 0) return;
  const Work work{out, q, cache, batch, params, cut_of(q.heads, cache.kv_heads), attention_leaf()};
  std::atomic<std::int64_t> next = 0;
  // Jobs differ in length by orders of magnitude: threads take one at a time. Each walks the sequences once.
#pragma omp parallel num_threads(context.threads)
  {
    std::int64_t job = next++;
    std::int64_t passed = 0;
    for (std::size_t s = 0; s + 1 < batch.query_begin.size(); ++s) {
      const std::int64_t count = work.jobs_of(s);
      for (; job < passed + count; job = next++) work.run(s, job - passed);
      passed += count;
    }
  }
}

}  // namespace assay::kernels::cpu
