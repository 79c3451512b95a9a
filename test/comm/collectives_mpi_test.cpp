#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <numeric>

#include "assay/comm/communicator.hpp"
#include "comm/settings.hpp"
#include "comm_bytes.hpp"
#include "support/mpi_world.hpp"

using assay::test::bytes_of;
using assay::test::text_of;
using assay::test::world;

namespace {

// A value whose sums depend on the order of addition.
template <class T>
T awkward(int rank, std::size_t i) {
  const auto x = static_cast<T>((i * 2654435761u + static_cast<std::size_t>(rank) * 40503u) % 1000003u);
  return (i % 3 == 0 ? -x : x) *
         std::pow(T(10), static_cast<T>((i + static_cast<std::size_t>(rank)) % 9) - 4);
}

template <class T>
void check_order_of_sum(std::size_t count) {
  std::vector<T> values(count);
  std::vector<T> expected(count);
  bool order_matters = false;
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = awkward<T>(world().rank(), i);
    expected[i] = awkward<T>(0, i);
    T backwards = awkward<T>(world().size() - 1, i);
    for (int r = 1; r < world().size(); ++r) {
      expected[i] += awkward<T>(r, i);
      backwards += awkward<T>(world().size() - 1 - r, i);
    }
    order_matters = order_matters || backwards != expected[i];
  }
  world().all_reduce_sum(values);
  CHECK(std::memcmp(values.data(), expected.data(), count * sizeof(T)) == 0);
  if (world().size() > 2 && count > 100) CHECK(order_matters);  // or the test shows nothing
}

}  // namespace

TEST_CASE("sums of integers are exact at every size") {
  const int n = world().size();
  for (const std::size_t count : {0u, 1u, 2u, 3u, 5u, 1023u, 16384u, 16385u, 65537u}) {
    CAPTURE(count);
    std::vector<float> floats(count);
    std::vector<double> doubles(count);
    for (std::size_t i = 0; i < count; ++i) {
      floats[i] = static_cast<float>(i % 1000 + static_cast<std::size_t>(world().rank()));
      doubles[i] = static_cast<double>(i) * (world().rank() + 1);
    }
    world().all_reduce_sum(floats);
    world().all_reduce_sum(doubles);
    bool exact = true;
    for (std::size_t i = 0; i < count; ++i) {
      exact = exact && floats[i] == static_cast<float>((i % 1000) * static_cast<std::size_t>(n)) +
                                        static_cast<float>(n * (n - 1) / 2);
      exact = exact && doubles[i] == static_cast<double>(i) * (n * (n + 1) / 2);
    }
    CHECK(exact);
  }
}

TEST_CASE("sums have the bits of adding ranks 0, 1, 2, ... in turn") {
  for (const std::size_t count : {1u, 7u, 1000u, 16384u, 16387u, 100003u}) {
    CAPTURE(count);
    check_order_of_sum<float>(count);
    check_order_of_sum<double>(count);
  }
}

TEST_CASE("a sum of several megabytes") {
  std::vector<float> values(3'000'001, static_cast<float>(world().rank() + 1));
  world().all_reduce_sum(values);
  const auto expected = static_cast<float>(world().size() * (world().size() + 1) / 2);
  CHECK(std::all_of(values.begin(), values.end(), [&](float v) { return v == expected; }));
}

TEST_CASE("gathered blocks lie in rank order") {
  for (const std::size_t block : {0u, 1u, 3u, 4096u, 3u << 20}) {
    CAPTURE(block);
    const std::vector<std::byte> mine(block, static_cast<std::byte>(world().rank() + 65));
    std::vector<std::byte> all(block * static_cast<std::size_t>(world().size()) + 1, std::byte{'!'});
    world().all_gather(mine, std::span(all).first(all.size() - 1));
    bool right = true;
    for (std::size_t i = 0; i + 1 < all.size(); ++i)
      right = right && all[i] == static_cast<std::byte>(i / block + 65);
    CHECK(right);
    CHECK(all.back() == std::byte{'!'});
  }
}

TEST_CASE("every root can broadcast") {
  for (int root = 0; root < world().size(); ++root) {
    for (const std::size_t size : {0u, 1u, 1000u, 5u << 20}) {
      std::vector<std::byte> bytes(size, static_cast<std::byte>(world().rank() == root ? 42 : 0));
      world().broadcast(bytes, root);
      CHECK(std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{42}; }));
    }
    const bool am_root = world().rank() == root;
    CHECK(text_of(world().broadcast_message(
              am_root ? bytes_of("from " + std::to_string(root)) : bytes_of("noise"), root)) ==
          "from " + std::to_string(root));
    CHECK(world().broadcast_message({}, root).empty());
  }
}

TEST_CASE("messages of different lengths gather in rank order at every root") {
  for (int root = 0; root < world().size(); ++root) {
    const auto length = static_cast<std::size_t>((world().rank() * 700001) % 1900000);
    const auto gathered =
        world().gather_messages(std::vector<std::byte>(length, static_cast<std::byte>(world().rank())), root);
    if (world().rank() != root) {
      CHECK(gathered.empty());
      continue;
    }
    REQUIRE(gathered.size() == static_cast<std::size_t>(world().size()));
    for (int r = 0; r < world().size(); ++r) {
      const auto& message = gathered[static_cast<std::size_t>(r)];
      CHECK(message.size() == static_cast<std::size_t>((r * 700001) % 1900000));
      CHECK(std::all_of(message.begin(), message.end(),
                        [&](std::byte b) { return b == static_cast<std::byte>(r); }));
    }
  }
}

TEST_CASE("many collectives in a row do not mix") {
  for (int i = 0; i < 2000; ++i) {
    float value[] = {static_cast<float>(i + world().rank())};
    world().all_reduce_sum(value);
    const int n = world().size();
    if (value[0] != static_cast<float>(i * n + n * (n - 1) / 2)) FAIL("wrong sum in round " << i);
    if (i % 100 == 0) world().barrier();
  }
}

TEST_CASE("spans longer than one piece arrive whole") {
  const auto before = assay::comm::comm_settings();
  assay::comm::comm_settings().chunk_bytes = 1000;
  const auto group = world().split(0, world().rank(), "group of small pieces");
  assay::comm::comm_settings() = before;
  for (const std::size_t count : {249u, 250u, 251u, 500u, 20011u}) {
    std::vector<float> values(count);
    std::iota(values.begin(), values.end(), static_cast<float>(world().rank()));
    group->all_reduce_sum(values);
    bool exact = true;
    const int n = world().size();
    for (std::size_t i = 0; i < count; ++i) {
      exact = exact && values[i] == static_cast<float>(static_cast<int>(i) * n + n * (n - 1) / 2);
    }
    CHECK(exact);
    std::vector<std::byte> text(count * 4,
                                std::byte{static_cast<unsigned char>(world().rank() == 0 ? 9 : 1)});
    CHECK(group->broadcast_message(text, 0) == std::vector<std::byte>(count * 4, std::byte{9}));
    const auto gathered = group->gather_messages(std::vector<std::byte>(count, std::byte{5}), n - 1);
    CHECK(gathered.size() == static_cast<std::size_t>(world().rank() == n - 1 ? n : 0));
    for (const auto& message : gathered) CHECK(message == std::vector<std::byte>(count, std::byte{5}));
  }
}
