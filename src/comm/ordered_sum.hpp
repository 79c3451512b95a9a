// Element-wise sums in rank order: the same bits whoever computes them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace assay::comm {

/// `blocks` holds `parts` blocks of `count` elements. out[i] = (block 0[i] + block 1[i]) + block 2[i] + ...
template <class T>
void sum_in_order(const T* blocks, int parts, std::size_t count, T* out) {
  constexpr std::size_t tile = 512;  // the running results stay in the L1 cache and the inner loop vectorises
  std::array<T, tile> result;
  for (std::size_t begin = 0; begin < count; begin += tile) {
    const std::size_t n = std::min(tile, count - begin);
    const T* block = blocks + begin;
    std::copy_n(block, n, result.data());
    for (int part = 1; part < parts; ++part) {
      block += count;
      for (std::size_t i = 0; i < n; ++i) result[i] += block[i];
    }
    std::copy_n(result.data(), n, out + begin);
  }
}

/// Where rank `part` of `parts` begins when `count` elements are dealt out in contiguous, near-equal slices.
[[nodiscard]] constexpr std::size_t slice_begin(std::size_t count, int parts, int part) {
  const auto p = static_cast<std::size_t>(parts);
  const auto i = static_cast<std::size_t>(part);
  return count / p * i + std::min(count % p, i);
}

}  // namespace assay::comm
