#include "comm/ordered_reduce.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace assay::comm;

TEST_CASE("blocks are added in order") {
  // In float, 1e8 + 1 = 1e8: only left-to-right addition gives 1 here, from the left.
  const std::vector<float> blocks{1e8F, 1, -1e8F, 1};
  float out = 0;
  combine_in_order(blocks.data(), 4, 1, &out, Sum{});
  CHECK(out == 1.0F);
  const std::vector<float> other{1e8F, 1, -1e8F, 1e8F, 1, -1e8F, 1, 1};  // two elements a block
  std::vector<float> pair(2);
  combine_in_order(other.data(), 4, 2, pair.data(), Sum{});
  CHECK(pair[0] == 2.0F);
  CHECK(pair[1] == 1.0F);
}

TEST_CASE("tile borders do not matter") {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{511}, std::size_t{512},
                                  std::size_t{513}, std::size_t{1500}}) {
    std::vector<double> blocks(3 * count);
    for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] = static_cast<double>(i);
    std::vector<double> out(count + 1, -7);
    combine_in_order(blocks.data(), 3, count, out.data(), Sum{});
    bool exact = true;
    for (std::size_t i = 0; i < count; ++i) exact = exact && out[i] == static_cast<double>(3 * i + 3 * count);
    CHECK(exact);
    CHECK(out[count] == -7);
  }
}

TEST_CASE("a NaN beats every number in a maximum, wherever it stands") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(Max{}(1.0F, 2.0F) == 2.0F);
  CHECK(Max{}(2.0F, 1.0F) == 2.0F);
  CHECK(std::isnan(Max{}(nan, 1.0F)));
  CHECK(std::isnan(Max{}(1.0F, nan)));
  CHECK(std::isnan(Max{}(nan, nan)));
  CHECK(Max{}(std::int64_t{-5}, std::int64_t{-9}) == -5);
  CHECK(Max{}(-std::numeric_limits<float>::infinity(), -1e30F) == -1e30F);
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
