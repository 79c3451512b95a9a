// Inner loops of attention over the paged cache.
#pragma once

#include <cstdint>

#include "kernels/cpu/simd/isa.hpp"

namespace assay::kernels::cpu {

/// Some rows (a query and one of its heads) of one sequence that share a key-value head: keys and values are
/// read once for all of them.
struct AttentionJob {
  static constexpr int max_rows = 32;
  int rows = 0;
  const float* query[max_rows];     ///< [head_dim]
  float* out[max_rows];             ///< [head_dim]
  std::int64_t position[max_rows];  ///< of the query in its sequence: keys 0 .. position exist; never
                                    ///< less than that of the row before
  float slope[max_rows];            ///< ALiBi; 0 where unused

  const float* keys = nullptr;  ///< [blocks, block_stride], at this key-value head
  const float* values = nullptr;
  const std::int32_t* block_table = nullptr;
  std::int64_t block_size = 0;
  std::int64_t block_stride = 0;
  std::int64_t head_dim = 0;
  std::int64_t window = 0;  ///< 0: all keys
  float scale = 1;
  float softcap = 0;  ///< 0: off
  bool alibi = false;
};

struct AttentionLeaf {
  void (*rows)(const AttentionJob& job);
};
ASSAY_SIMD_LEAVES(AttentionLeaf, attention_leaf)

}  // namespace assay::kernels::cpu
