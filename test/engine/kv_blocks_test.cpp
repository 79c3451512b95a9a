#include "engine/kv_blocks.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <set>

using assay::engine::BlockAllocator;
using assay::engine::BlockId;

TEST_CASE("blocks for a number of tokens") {
  const BlockAllocator allocator(4, 16);
  CHECK(allocator.blocks_for(0) == 0);
  CHECK(allocator.blocks_for(1) == 1);
  CHECK(allocator.blocks_for(16) == 1);
  CHECK(allocator.blocks_for(17) == 2);
  CHECK(allocator.blocks_for(INT64_MAX) == INT64_MAX / 16 + 1);
}

TEST_CASE("blocks are handed out once, low numbers first, and come back") {
  BlockAllocator allocator(5, 16);
  const auto first = allocator.allocate(2);
  REQUIRE(first);
  CHECK(*first == std::vector<BlockId>{0, 1});
  CHECK(allocator.allocate(4) == std::nullopt);
  CHECK(allocator.free_blocks() == 3);
  const auto second = allocator.allocate(3);
  CHECK(*second == std::vector<BlockId>{2, 3, 4});
  CHECK(allocator.allocate(0)->empty());
  CHECK(allocator.allocate(1) == std::nullopt);
  allocator.release(*first);
  CHECK(*allocator.allocate(2) == *first);
  CHECK_THROWS(allocator.release(std::vector<BlockId>{5}));
  allocator.release(*second);
  CHECK_THROWS(allocator.release(*second));
}

TEST_CASE("a random sequence of allocations never shares a block") {
  std::mt19937 random(7);
  BlockAllocator allocator(37, 4);
  std::vector<std::vector<BlockId>> held;
  std::set<BlockId> in_use;
  for (int step = 0; step < 2000; ++step) {
    if (random() % 2 == 0) {
      auto blocks = allocator.allocate(random() % 7);
      if (!blocks) continue;
      for (const BlockId block : *blocks) REQUIRE(in_use.insert(block).second);
      held.push_back(std::move(*blocks));
    } else if (!held.empty()) {
      const std::size_t i = random() % held.size();
      for (const BlockId block : held[i]) in_use.erase(block);
      allocator.release(held[i]);
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(i));
    }
    REQUIRE(allocator.free_blocks() + static_cast<std::int64_t>(in_use.size()) == 37);
  }
}
