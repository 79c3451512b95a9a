// Online softmax (Milakov and Gimelshein 2018, arXiv:1805.02867) over tiles of keys counted from position 0.
// A row's arithmetic depends on its position and its context alone: tiles do not move with the batch, a
// masked key is never multiplied, and every sum runs in one order, whatever rows it shares the registers
// with.
#include "kernels/cpu/simd/attention.hpp"

#include "kernels/cpu/simd/exp.hpp"

namespace assay::kernels::cpu::ASSAY_SIMD_ISA {
namespace {

constexpr int tile = 32;
constexpr int dim_limit = 512;  // max_head_dim
constexpr float minus_infinity = -__builtin_inff();
alignas(64) constexpr float lane_numbers[lanes] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// Rows that share each load of keys and values in registers, at most.
constexpr int block_rows = width == 16 ? 8 : width == 8 ? 2 : 1;
/// Vectors of sums of all the rows of a block.
constexpr int block_vectors = width == 16 ? 16 : 4;

/// Of all rows of a job; a row's vectors are `padded` apart: head_dim rounded up to whole vectors.
struct State {
  alignas(64) float query[AttentionJob::max_rows * dim_limit];
  alignas(64) float sum[AttentionJob::max_rows * dim_limit];  // of exp(score - max) * value
  alignas(64) float keys[dim_limit * tile];                   // of one tile: [head_dim][tile]
  alignas(64) float values[tile * dim_limit];                 // of one tile, where they have to be filled up
  alignas(64) float p[AttentionJob::max_rows * tile];         // scores, then exp(score - max)
  float scale[AttentionJob::max_rows];                        // exp(max before the tile - max after it)
  float max[AttentionJob::max_rows];
  float next_max[AttentionJob::max_rows];
  float shift[AttentionJob::max_rows];  // next_max, or 0 where that is minus infinity
  float total[AttentionJob::max_rows];  // of exp(score - max)
  // Keys of the tile a row sees.
  int first[AttentionJob::max_rows];
  int last[AttentionJob::max_rows];
  std::int64_t padded;
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

/// Dimensions [d, d + count) of sixteen keys, each dimension in a vector of its own; count is 1 or 4.
ASSAY_INLINE void dimensions_of(Floats* x, const float* const* key, std::int64_t d, int count) {
  if (count == 4) {
    for (int i = 0; i < 4; ++i) {
      x[i] = join(load_native<Quad>(key[i] + d), load_native<Quad>(key[4 + i] + d),
                  load_native<Quad>(key[8 + i] + d), load_native<Quad>(key[12 + i] + d));
    }
    return transpose_quads(x);
  }
  float buffer[lanes];
  for (int i = 0; i < lanes; ++i) buffer[i] = key[i][d];
  x[0] = load(buffer);
}

/// The tile's keys side by side, [n][tile]: scores of all of them then come out of one chain of sums each.
void transpose_keys(float* to, const Tile& t, std::int64_t n) {
  for (int j = 0; j < tile; j += lanes) {
    for (std::int64_t d = 0; d < n;) {
      const int count = d + 4 <= n ? 4 : 1;
      Floats x[4];
      dimensions_of(x, t.key + j, d, count);
      for (int i = 0; i < count; ++i) store(to + (d + i) * tile + j, x[i]);
      d += count;
    }
  }
}

/// n floats and zeros up to the next whole vector.
ASSAY_INLINE void copy_filled_up(float* to, const float* from, std::int64_t n) {
  std::int64_t d = 0;
  for (; d + lanes <= n; d += lanes) store(to + d, load(from + d));
  if (d < n) store(to + d, load_partial(from + d, n - d, 0));
}

/// Copies of the values that may be read in whole vectors.
void fill_up_values(float* to, Tile& t, std::int64_t n, std::int64_t padded) {
  for (int j = 0; j < tile; ++j) {
    copy_filled_up(to + j * padded, t.value[j], n);
    t.value[j] = to + j * padded;
  }
}

/// Raw scores of `Rows` rows with all keys of the tile.
template <int Rows>
void score_block(State& state, int row, std::int64_t n) {
  constexpr int vectors = tile / lanes;
  const float* query = state.query + row * state.padded;
  Floats sums[Rows][vectors];
  for (auto& of_row : sums) {
    for (Floats& s : of_row) s = broadcast(0);
  }
  for (std::int64_t d = 0; d < n; ++d) {
    Floats k[vectors];
    for (int v = 0; v < vectors; ++v) k[v] = load(state.keys + d * tile + v * lanes);
    for (int r = 0; r < Rows; ++r) {
      const Floats q = broadcast(query[r * state.padded + d]);
      for (int v = 0; v < vectors; ++v) sums[r][v] = fma(q, k[v], sums[r][v]);
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < vectors; ++v) store(state.p + (row + r) * tile + v * lanes, sums[r][v]);
  }
}

/// Scales, caps, slopes and masks the raw scores of a row with the tile at `begin`; returns the greatest.
float finish_scores(State& state, const AttentionJob& job, int row, std::int64_t begin) {
  float* scores = state.p + row * tile;
  Floats best = broadcast(minus_infinity);
  for (int j = 0; j < tile; j += lanes) {
    Floats s = load(scores + j) * broadcast(job.scale);
    if (job.softcap > 0) s = broadcast(job.softcap) * tanh(s / broadcast(job.softcap));
    if (job.alibi) {
      float distance[lanes];
      for (int i = 0; i < lanes; ++i) distance[i] = static_cast<float>(begin + j + i - job.position[row]);
      s = fma(broadcast(job.slope[row]), load(distance), s);
    }
    const Floats place = load(lane_numbers) + broadcast(static_cast<float>(j));
    const Floats masked = broadcast(minus_infinity);
    s = select_less(place, broadcast(static_cast<float>(state.first[row])), masked, s);
    s = select_less(place, broadcast(static_cast<float>(state.last[row])), s, masked);
    store(scores + j, s);
    best = maximum(s, best);
  }
  return greatest(best);
}

/// Scores of rows [row_begin, row_end) to exponentials of what they are below the greatest of the row so far.
void soften(State& state, const AttentionJob& job, int row_begin, int row_end, std::int64_t begin) {
  for (int r = row_begin; r < row_end; ++r) {
    const float tile_max = finish_scores(state, job, r, begin);
    state.next_max[r] = tile_max > state.max[r] ? tile_max : state.max[r];
  }
  // Rows that see nothing of the tile, too: their greatest score stays as it is.
  for (int r = 0; r < row_end; r += lanes) {
    const Floats max = load(state.next_max + r);
    const Floats shift = select_less(max, broadcast(-__FLT_MAX__), broadcast(0), max);
    store(state.shift + r, shift);
    store(state.scale + r, exp(load(state.max + r) - shift));
    store(state.max + r, max);
  }
  for (int r = row_begin; r < row_end; ++r) {
    float* p = state.p + r * tile;
    const Floats shift = broadcast(state.shift[r]);
    Floats total = broadcast(0);
    for (int j = 0; j < tile; j += lanes) {
      const Floats e = exp(load(p + j) - shift);
      store(p + j, e);
      total = total + e;
    }
    state.total[r] = state.total[r] * state.scale[r] + sum(total);
  }
}

/// sum = sum * scale + weighted values of keys [first, last), from dimension d on: `Count` vectors of `Rows`
/// rows in registers, then fewer.
template <int Rows, int Count>
ASSAY_INLINE void add_values(State& state, int row, const Tile& t, int first, int last, std::int64_t d) {
  for (; d + Count * lanes <= state.padded; d += Count * lanes) {
    float* sums = state.sum + row * state.padded + d;
    const float* p = state.p + row * tile;
    Floats acc[Rows][Count];
    for (int r = 0; r < Rows; ++r) {
      const Floats scale = broadcast(state.scale[row + r]);
      for (int c = 0; c < Count; ++c) acc[r][c] = load(sums + r * state.padded + c * lanes) * scale;
    }
    for (int j = first; j < last; ++j) {
      Floats v[Count];
      for (int c = 0; c < Count; ++c) v[c] = load(t.value[j] + d + c * lanes);
      for (int r = 0; r < Rows; ++r) {
        const Floats weight = broadcast(p[r * tile + j]);
        for (int c = 0; c < Count; ++c) acc[r][c] = fma(weight, v[c], acc[r][c]);
      }
    }
    for (int r = 0; r < Rows; ++r) {
      for (int c = 0; c < Count; ++c) store(sums + r * state.padded + c * lanes, acc[r][c]);
    }
  }
  if constexpr (Count > 1) add_values<Rows, Count / 2>(state, row, t, first, last, d);
}

/// One row, keys [first, last); what follows is added without scaling again.
void add_to_row(State& state, int row, const Tile& t, int first, int last) {
  if (first >= last) return;
  add_values<1, block_vectors / 2>(state, row, t, first, last, 0);
  state.scale[row] = 1;
}

/// `Rows` rows: together where all of them see the keys; a masked key is not even multiplied by zero, since
/// it may be no number.
template <int Rows>
void add_block(State& state, int row, const Tile& t) {
  int first = 0;
  int last = tile;
  for (int r = row; r < row + Rows; ++r) {
    first = state.first[r] > first ? state.first[r] : first;
    last = state.last[r] < last ? state.last[r] : last;
  }
  if (first >= last) first = last = tile;
  for (int r = row; r < row + Rows; ++r)
    add_to_row(state, r, t, state.first[r], state.last[r] < first ? state.last[r] : first);
  if (first == last) return;
  add_values<Rows, block_vectors / Rows>(state, row, t, first, last, 0);
  for (int r = row; r < row + Rows; ++r) {
    state.scale[r] = 1;
    add_to_row(state, r, t, last, state.last[r]);
  }
}

/// Rows [begin, end) in blocks; every row's sums are the same chains in a block of any size.
template <int Rows>
void score_rows(State& state, int begin, int end, std::int64_t n) {
  for (; begin + Rows <= end; begin += Rows) score_block<Rows>(state, begin, n);
  if constexpr (Rows > 1) score_rows<Rows / 2>(state, begin, end, n);
}
template <int Rows>
void add_rows(State& state, int begin, int end, const Tile& t) {
  for (; begin + Rows <= end; begin += Rows) add_block<Rows>(state, begin, t);
  if constexpr (Rows > 1) add_rows<Rows / 2>(state, begin, end, t);
}

ASSAY_INLINE std::int64_t first_key(const AttentionJob& job, int row) {
  const std::int64_t begin = job.position[row] - job.window + 1;
  return job.window > 0 && begin > 0 ? begin : 0;
}

/// The tile at `at`, of a job whose last key is before `end`.
void add_tile(State& state, const AttentionJob& job, std::int64_t at, std::int64_t end) {
  // Positions increase with the row, so those that see anything of the tile stand together.
  int row_begin = job.rows;
  int row_end = 0;
  for (int r = 0; r < job.rows; ++r) {
    const std::int64_t first = first_key(job, r) - at;
    const std::int64_t last = job.position[r] + 1 - at;
    if (last <= 0 || first >= tile) continue;
    state.first[r] = static_cast<int>(first > 0 ? first : 0);
    state.last[r] = static_cast<int>(last < tile ? last : tile);
    row_begin = r < row_begin ? r : row_begin;
    row_end = r + 1;
  }
  if (row_begin >= row_end) return;
  Tile t = locate(job, at, end);
  if (state.padded != job.head_dim) fill_up_values(state.values, t, job.head_dim, state.padded);
  transpose_keys(state.keys, t, job.head_dim);
  score_rows<block_rows>(state, row_begin, row_end, job.head_dim);
  soften(state, job, row_begin, row_end, at);
  add_rows<block_rows>(state, row_begin, row_end, t);
}

void rows(const AttentionJob& job) {
  State state;
  const std::int64_t padded = (job.head_dim + lanes - 1) / lanes * lanes;
  state.padded = padded;
  for (int r = 0; r < AttentionJob::max_rows; ++r) {
    state.max[r] = state.next_max[r] = minus_infinity;
    state.total[r] = 0;
  }
  for (std::int64_t i = 0; i < job.rows * padded; i += lanes) store(state.sum + i, broadcast(0));
  std::int64_t begin = job.position[0];
  std::int64_t end = 0;
  for (int r = 0; r < job.rows; ++r) {
    copy_filled_up(state.query + r * padded, job.query[r], job.head_dim);
    begin = first_key(job, r) < begin ? first_key(job, r) : begin;
    end = job.position[r] + 1 > end ? job.position[r] + 1 : end;
  }
  for (std::int64_t at = begin / tile * tile; at < end; at += tile) add_tile(state, job, at, end);
  for (int r = 0; r < job.rows; ++r) {
    for (std::int64_t d = 0; d < job.head_dim; ++d)
      job.out[r][d] = state.sum[r * padded + d] / state.total[r];
  }
}

}  // namespace

extern const AttentionLeaf attention_leaf;
const AttentionLeaf attention_leaf{rows};

}  // namespace assay::kernels::cpu::ASSAY_SIMD_ISA
