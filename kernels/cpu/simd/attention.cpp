// Online softmax (Milakov and Gimelshein 2018, arXiv:1805.02867) over tiles of keys counted from position 0.
// A row's arithmetic depends on its position and its context alone: tiles do not move with the batch, a
// masked key is never multiplied, and every sum runs in one order.
#include "kernels/cpu/simd/attention.hpp"

#include "kernels/cpu/simd/exp.hpp"

namespace assay::kernels::cpu::ASSAY_SIMD_ISA {
namespace {

constexpr int tile = 32;
constexpr int dim_limit = 512;  // max_head_dim
constexpr float minus_infinity = -__builtin_inff();

/// Of all rows of a job; a row's vectors are `padded` apart, so that they do not share cache sets.
struct State {
  alignas(64) float query[AttentionJob::max_rows * dim_limit];  // zeros from head_dim to padded
  alignas(64) float sum[AttentionJob::max_rows * dim_limit];    // of exp(score - max) * value
  float max[AttentionJob::max_rows];
  float total[AttentionJob::max_rows];  // of exp(score - max)
};

/// Where the keys of one tile lie. Places past the last key repeat it, so that reading them is harmless.
struct Tile {
  const float* key[tile];
  const float* value[tile];
};

Tile locate(const AttentionJob& job, std::int64_t begin, std::int64_t end) {
  Tile t;
  std::int64_t block = begin / job.block_size;
  std::int64_t offset = begin % job.block_size;
  for (std::int64_t j = 0; j < tile; ++j) {
    const std::int64_t at = job.block_table[block] * job.block_stride + offset * job.head_dim;
    t.key[j] = job.keys + at;
    t.value[j] = job.values + at;
    if (begin + j + 1 >= end) continue;
    if (++offset == job.block_size) {
      offset = 0;
      ++block;
    }
  }
  return t;
}

/// Dot products of one query with four keys.
ASSAY_INLINE void dot4(float* scores, const float* query, const float* const* key, std::int64_t n) {
  Floats sums[4] = {broadcast(0), broadcast(0), broadcast(0), broadcast(0)};
  std::int64_t d = 0;
  for (; d + lanes <= n; d += lanes) {
    const Floats q = load(query + d);
    for (int i = 0; i < 4; ++i) sums[i] = fma(q, load(key[i] + d), sums[i]);
  }
  if (d < n) {
    const Floats q = load(query + d);
    for (int i = 0; i < 4; ++i) sums[i] = fma(q, load_partial(key[i] + d, n - d, 0), sums[i]);
  }
  const Quad result = sum4(sums);
  __builtin_memcpy(scores, &result, sizeof result);
}

/// Scales, caps, slopes and masks the raw scores of keys [first, last) of the tile at `begin`.
ASSAY_INLINE void finish_scores(float* scores, const AttentionJob& job, int row, std::int64_t begin,
                                int first, int last) {
  for (int j = 0; j < tile; j += lanes) {
    Floats s = load(scores + j) * broadcast(job.scale);
    if (job.softcap > 0) s = broadcast(job.softcap) * tanh(s / broadcast(job.softcap));
    if (job.alibi) {
      float distance[lanes];
      for (int i = 0; i < lanes; ++i) distance[i] = static_cast<float>(begin + j + i - job.position[row]);
      s = fma(broadcast(job.slope[row]), load(distance), s);
    }
    store(scores + j, s);
  }
  for (int j = 0; j < first; ++j) scores[j] = minus_infinity;
  for (int j = last; j < tile; ++j) scores[j] = minus_infinity;
}

/// sum[0, 16 * Count) = sum * scale + the tile's weighted values, in registers.
template <int Count>
ASSAY_INLINE void add_values(float* sums, float scale, const float* p, const Tile& t, int first, int last,
                             std::int64_t d) {
  Floats acc[Count];
  for (int c = 0; c < Count; ++c) acc[c] = load(sums + d + c * lanes) * broadcast(scale);
  for (int j = first; j < last; ++j) {
    const Floats weight = broadcast(p[j]);
    const float* value = t.value[j] + d;
    for (int c = 0; c < Count; ++c) acc[c] = fma(weight, load(value + c * lanes), acc[c]);
  }
  for (int c = 0; c < Count; ++c) store(sums + d + c * lanes, acc[c]);
}

ASSAY_INLINE void add_last_values(float* sums, float scale, const float* p, const Tile& t, int first,
                                  int last, std::int64_t d, std::int64_t n) {
  Floats acc = load(sums + d) * broadcast(scale);
  for (int j = first; j < last; ++j) acc = fma(broadcast(p[j]), load_partial(t.value[j] + d, n - d, 0), acc);
  store(sums + d, acc);
}

void row_tile(State& state, const AttentionJob& job, std::int64_t padded, int row, const Tile& t,
              std::int64_t begin, int first, int last) {
  const float* query = state.query + row * padded;
  float* sums = state.sum + row * padded;
  alignas(64) float p[tile] = {};
  for (int j = first & ~3; j < last; j += 4) dot4(p + j, query, t.key + j, job.head_dim);
  finish_scores(p, job, row, begin, first, last);
  Floats best = load(p);
  for (int j = lanes; j < tile; j += lanes) best = maximum(load(p + j), best);
  const float tile_max = greatest(best);
  const float max = tile_max > state.max[row] ? tile_max : state.max[row];
  const Floats shift = broadcast(max == minus_infinity ? 0.0F : max);
  Floats total = broadcast(0);
  for (int j = 0; j < tile; j += lanes) {
    const Floats e = exp(load(p + j) - shift);
    store(p + j, e);
    total = total + e;
  }
  float scale = 1;
  if (state.max[row] != max) {
    float buffer[lanes];
    store(buffer, exp(broadcast(state.max[row]) - shift));
    scale = buffer[0];
  }
  state.max[row] = max;
  state.total[row] = state.total[row] * scale + sum(total);
  std::int64_t d = 0;
  for (; d + 8 * lanes <= job.head_dim; d += 8 * lanes) add_values<8>(sums, scale, p, t, first, last, d);
  for (; d + 4 * lanes <= job.head_dim; d += 4 * lanes) add_values<4>(sums, scale, p, t, first, last, d);
  for (; d + lanes <= job.head_dim; d += lanes) add_values<1>(sums, scale, p, t, first, last, d);
  if (d < job.head_dim) add_last_values(sums, scale, p, t, first, last, d, job.head_dim);
}

ASSAY_INLINE std::int64_t first_key(const AttentionJob& job, int row) {
  const std::int64_t begin = job.position[row] - job.window + 1;
  return job.window > 0 && begin > 0 ? begin : 0;
}

void rows(const AttentionJob& job) {
  State state;
  const std::int64_t padded = (job.head_dim + lanes - 1) / lanes * lanes;
  std::int64_t begin = job.position[0];
  std::int64_t end = 0;
  for (int r = 0; r < job.rows; ++r) {
    for (std::int64_t d = 0; d < padded; ++d) {
      state.query[r * padded + d] = d < job.head_dim ? job.query[r][d] : 0.0F;
      state.sum[r * padded + d] = 0;
    }
    state.max[r] = minus_infinity;
    state.total[r] = 0;
    begin = first_key(job, r) < begin ? first_key(job, r) : begin;
    end = job.position[r] + 1 > end ? job.position[r] + 1 : end;
  }
  for (std::int64_t at = begin / tile * tile; at < end; at += tile) {
    const Tile t = locate(job, at, end);
    for (int r = 0; r < job.rows; ++r) {
      const std::int64_t first = first_key(job, r) - at;
      const std::int64_t last = job.position[r] + 1 - at;
      if (last <= 0 || first >= tile) continue;
      row_tile(state, job, padded, r, t, at, static_cast<int>(first > 0 ? first : 0),
               static_cast<int>(last < tile ? last : tile));
    }
  }
  for (int r = 0; r < job.rows; ++r) {
    for (std::int64_t d = 0; d < job.head_dim; ++d)
      job.out[r][d] = state.sum[r * padded + d] / state.total[r];
  }
}

}  // namespace

extern const AttentionLeaf attention_leaf;
const AttentionLeaf attention_leaf{rows};

}  // namespace assay::kernels::cpu::ASSAY_SIMD_ISA
