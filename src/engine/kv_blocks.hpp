// Which blocks of the paged KV cache are free. Lives on a replica's leader alone: every rank of the replica
// has the same number of blocks, and plans name them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace assay::engine {

using BlockId = std::int32_t;

class BlockAllocator {
 public:
  BlockAllocator(std::int64_t blocks, std::int64_t block_tokens);

  /// Blocks that hold `tokens` tokens.
  [[nodiscard]] std::int64_t blocks_for(std::int64_t tokens) const;
  /// `count` blocks, or nothing if fewer are free. Blocks freed last are handed out first, and low numbers
  /// before high ones that were never used, so that memory is touched only as far as it is needed.
  [[nodiscard]] std::optional<std::vector<BlockId>> allocate(std::int64_t count);
  /// Gives back blocks that allocate() handed out.
  void release(std::span<const BlockId> blocks);

  [[nodiscard]] std::int64_t free_blocks() const { return static_cast<std::int64_t>(free_.size()); }
  [[nodiscard]] std::int64_t total_blocks() const { return static_cast<std::int64_t>(in_use_.size()); }

 private:
  std::int64_t block_tokens_;
  std::vector<BlockId> free_;  // a stack
  std::vector<char> in_use_;   // by block
};

}  // namespace assay::engine
