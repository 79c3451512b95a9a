#include "engine/kv_blocks.hpp"

#include "assay/util/error.hpp"

namespace assay::engine {

BlockAllocator::BlockAllocator(std::int64_t blocks, std::int64_t block_tokens) : block_tokens_(block_tokens) {
  ASSAY_CHECK(blocks >= 0 && blocks <= INT32_MAX && block_tokens > 0);
  in_use_.resize(static_cast<std::size_t>(blocks), 0);
  free_.reserve(static_cast<std::size_t>(blocks));
  for (auto block = static_cast<BlockId>(blocks); block > 0; --block) free_.push_back(block - 1);
}

std::int64_t BlockAllocator::blocks_for(std::int64_t tokens) const {
  return tokens / block_tokens_ + (tokens % block_tokens_ != 0 ? 1 : 0);
}

std::optional<std::vector<BlockId>> BlockAllocator::allocate(std::int64_t count) {
  ASSAY_CHECK(count >= 0);
  if (count > free_blocks()) return std::nullopt;
  std::vector<BlockId> blocks(free_.rbegin(), free_.rbegin() + count);
  free_.resize(free_.size() - blocks.size());
  for (const BlockId block : blocks) in_use_[static_cast<std::size_t>(block)] = 1;
  return blocks;
}

void BlockAllocator::release(std::span<const BlockId> blocks) {
  for (std::size_t i = blocks.size(); i > 0; --i) {
    const BlockId block = blocks[i - 1];
    ASSAY_CHECK(block >= 0 && block < total_blocks() && in_use_[static_cast<std::size_t>(block)] != 0);
    in_use_[static_cast<std::size_t>(block)] = 0;
    free_.push_back(block);
  }
}

}  // namespace assay::engine
