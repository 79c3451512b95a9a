#include "comm/ordered_sum.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace assay::comm;

TEST_CASE("blocks are added in order") {
  // In float, 1e8 + 1 = 1e8: only left-to-right addition gives 1 here, from the left.
  const std::vector<float> blocks{1e8F, 1, -1e8F, 1};
  float out = 0;
  sum_in_order(blocks.data(), 4, 1, &out);
  CHECK(out == 1.0F);
  const std::vector<float> other{1e8F, 1, -1e8F, 1e8F, 1, -1e8F, 1, 1};  // two elements a block
  std::vector<float> pair(2);
  sum_in_order(other.data(), 4, 2, pair.data());
  CHECK(pair[0] == 2.0F);
  CHECK(pair[1] == 1.0F);
}

TEST_CASE("tile borders do not matter") {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{511}, std::size_t{512},
                                  std::size_t{513}, std::size_t{1500}}) {
    std::vector<double> blocks(3 * count);
    for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] = static_cast<double>(i);
    std::vector<double> out(count + 1, -7);
    sum_in_order(blocks.data(), 3, count, out.data());
    bool exact = true;
    for (std::size_t i = 0; i < count; ++i) exact = exact && out[i] == static_cast<double>(3 * i + 3 * count);
    CHECK(exact);
    CHECK(out[count] == -7);
  }
}

TEST_CASE("slices cover everything, in order, near-equal") {
  for (const std::size_t count :
       {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{1000003}}) {
    for (const int parts : {1, 2, 3, 4, 7}) {
      CHECK(slice_begin(count, parts, 0) == 0);
      CHECK(slice_begin(count, parts, parts) == count);
      for (int p = 0; p < parts; ++p) {
        const std::size_t size = slice_begin(count, parts, p + 1) - slice_begin(count, parts, p);
        CHECK((size == count / static_cast<std::size_t>(parts) ||
               size == count / static_cast<std::size_t>(parts) + 1));
      }
    }
  }
}
