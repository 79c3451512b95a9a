// A ragged batch over a paged cache whose blocks lie in shuffled order, for the attention tests.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "assay/ops/attention.hpp"
#include "kernels/support.hpp"

namespace assay::test {

struct PagedBatch {
  /// `sequences`: queries and context length of each.
  PagedBatch(std::int64_t head_count, std::int64_t kv_head_count, std::int64_t dim, std::int64_t block,
             const std::vector<std::pair<std::int64_t, std::int64_t>>& sequences, std::uint32_t seed)
      : heads(head_count),
        kv_heads(kv_head_count),
        head_dim(dim),
        block_size(block),
        values(seed),
        q(rows_of(sequences), head_count * dim, 2, values) {
    for (const auto& [queries, length] : sequences) {
      begin.push_back(begin.back() + static_cast<std::int32_t>(queries));
      lengths.push_back(static_cast<std::int32_t>(length));
      most_blocks = std::max(most_blocks, (length + block - 1) / block);
    }
    blocks = most_blocks * static_cast<std::int64_t>(sequences.size()) + 1;
    std::vector<std::int32_t> order;
    for (std::int64_t i = 0; i < blocks; ++i) order.push_back(static_cast<std::int32_t>(i));
    for (std::int64_t i = blocks - 1; i > 0; --i) {
      std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(values.below(i + 1))]);
    }
    tables.assign(order.begin(), order.begin() + most_blocks * static_cast<std::int64_t>(sequences.size()));
    keys = values.vector(blocks * kv_heads * block_size * head_dim);
    cached_values = values.vector(blocks * kv_heads * block_size * head_dim);
  }

  [[nodiscard]] std::int64_t rows() const { return begin.back(); }
  [[nodiscard]] std::int64_t width() const { return heads * head_dim; }
  [[nodiscard]] tensor::Heads<const float> query() { return q.heads(heads); }
  [[nodiscard]] ops::KvCache<const float> cache() const {
    return {keys.data(), cached_values.data(), blocks, kv_heads, block_size, head_dim};
  }
  [[nodiscard]] ops::AttentionBatch view() const {
    return {begin, lengths, {tables.data(), static_cast<std::int64_t>(lengths.size()), most_blocks}};
  }
  /// Offset of a cached token in keys and cached_values.
  [[nodiscard]] std::size_t at(std::int64_t sequence, std::int64_t kv_head, std::int64_t key) const {
    const std::int64_t block = tables[static_cast<std::size_t>(sequence * most_blocks + key / block_size)];
    return static_cast<std::size_t>(((block * kv_heads + kv_head) * block_size + key % block_size) *
                                    head_dim);
  }
  /// Takes over the context of `from`'s sequence, as long as this one's, and the queries that end it.
  void copy_sequence(std::int64_t to, PagedBatch& from, std::int64_t sequence) {
    const auto index = static_cast<std::size_t>(to);
    for (std::int64_t key = 0; key < lengths[index]; ++key) {
      for (std::int64_t h = 0; h < kv_heads; ++h) {
        std::copy_n(&from.keys[from.at(sequence, h, key)], head_dim, &keys[at(to, h, key)]);
        std::copy_n(&from.cached_values[from.at(sequence, h, key)], head_dim, &cached_values[at(to, h, key)]);
      }
    }
    for (std::int64_t t = begin[index]; t < begin[index + 1]; ++t) {
      const std::int64_t position = lengths[index] - (begin[index + 1] - t);
      std::copy_n(from.q.view().row(position), width(), q.view().row(t));
    }
  }
  /// NaN for a cached token; its block must exist.
  void poison(std::int64_t sequence, std::int64_t key) {
    for (std::int64_t h = 0; h < kv_heads; ++h) {
      std::fill_n(&keys[at(sequence, h, key)], head_dim, nan_value);
      std::fill_n(&cached_values[at(sequence, h, key)], head_dim, nan_value);
    }
  }

  std::int64_t heads, kv_heads, head_dim, block_size;
  std::int64_t blocks = 0, most_blocks = 0;
  Values values;
  Sheet q;
  std::vector<float> keys, cached_values;
  std::vector<std::int32_t> begin{0}, lengths, tables;

 private:
  static std::int64_t rows_of(const std::vector<std::pair<std::int64_t, std::int64_t>>& sequences) {
    std::int64_t rows = 0;
    for (const auto& [queries, length] : sequences) rows += queries;
    return rows;
  }
};

}  // namespace assay::test
