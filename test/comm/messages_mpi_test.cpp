#include <catch2/catch.hpp>
#include <numeric>

#include "assay/comm/communicator.hpp"
#include "assay/util/clock.hpp"
#include "comm_bytes.hpp"
#include "support/mpi_world.hpp"

using assay::test::bytes_of;
using assay::test::text_of;
using assay::test::world;

namespace {

std::vector<std::byte> pattern(std::size_t size, int seed) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::byte>(i * 31 + static_cast<std::size_t>(seed));
  return bytes;
}

assay::comm::Message wait_for(int tag) {
  auto message = world().wait_any(tag, 60);
  REQUIRE(message.has_value());
  return std::move(*message);
}

}  // namespace

TEST_CASE("small messages of one sender and tag arrive in order") {
  constexpr int count = 3000;
  const int right = (world().rank() + 1) % world().size();
  const int left = (world().rank() + world().size() - 1) % world().size();
  for (int i = 0; i < count; ++i) world().post(right, 1 + i % 2, bytes_of(std::to_string(i)));
  for (int i = 1; i < count; i += 2) {
    if (text_of(world().receive(left, 2).bytes) != std::to_string(i)) FAIL("tag 2 out of order at " << i);
  }
  for (int i = 0; i < count; i += 2) {
    const auto message = wait_for(1);
    if (text_of(message.bytes) != std::to_string(i) || message.source != left)
      FAIL("tag 1 out of order at " << i);
  }
  world().flush();
  CHECK_FALSE(world().poll(1).has_value());
  CHECK_FALSE(world().poll(2).has_value());
}

TEST_CASE("messages of every size go both ways at once") {
  for (const std::size_t size : {0u, 1u, 4095u, 4097u, 65537u, 6u << 20}) {
    CAPTURE(size);
    for (int peer = 0; peer < world().size(); ++peer) world().post(peer, 7, pattern(size, world().rank()));
    for (int peer = world().size() - 1; peer >= 0; --peer) {
      const auto message = world().receive(peer, 7);
      CHECK(message.source == peer);
      CHECK(message.bytes == pattern(size, peer));
    }
  }
  world().flush();
}

TEST_CASE("two ranks that flush long messages to each other both finish") {
  const int peer = world().size() - 1 - world().rank();
  for (int i = 0; i < 3; ++i) world().post(peer, 8, pattern(3u << 20, i));
  world().post(peer, 9, bytes_of("end"));
  world().flush();
  CHECK(text_of(world().receive(peer, 9).bytes) == "end");
  for (int i = 0; i < 3; ++i) CHECK(world().receive(peer, 8).bytes == pattern(3u << 20, i));
  CHECK_FALSE(world().poll(8).has_value());
}

TEST_CASE("long and short messages of one sender keep their order") {
  const int peer = world().size() - 1 - world().rank();
  for (int i = 0; i < 6; ++i) world().post(peer, 10, pattern(i % 2 == 0 ? 2u << 20 : 3u, i));
  for (int i = 0; i < 6; ++i) CHECK(wait_for(10).bytes == pattern(i % 2 == 0 ? 2u << 20 : 3u, i));
  world().flush();
}

TEST_CASE("a peer's long message arrives while this rank only makes progress") {
  const int peer = world().size() - 1 - world().rank();
  world().post(peer, 11, pattern(4u << 20, 1));
  std::optional<assay::comm::Message> message;
  for (const assay::util::Stopwatch watch; !message && watch.seconds() < 60;) {
    world().progress();
    message = world().poll(11);
  }
  REQUIRE(message.has_value());
  CHECK(message->bytes == pattern(4u << 20, 1));
  world().flush();
}

TEST_CASE("polling is fair to all senders, oneself included") {
  constexpr int each = 200;
  const int n = world().size();
  for (int i = 0; i < each; ++i) world().post(0, 20, bytes_of(std::to_string(i)));
  world().post(0, 21, {});  // follows the others
  world().flush();
  if (world().rank() == 0) {
    for (int r = 0; r < n; ++r) (void)world().receive(r, 21);
    std::vector<int> seen(static_cast<std::size_t>(n));
    std::vector<int> early(static_cast<std::size_t>(n));  // messages a sender has among the first 40 a rank
    for (int i = 0; i < each * n; ++i) {
      const auto message = wait_for(20);
      int& next = seen[static_cast<std::size_t>(message.source)];
      if (text_of(message.bytes) != std::to_string(next++)) FAIL("out of order from rank " << message.source);
      if (i < 40 * n) ++early[static_cast<std::size_t>(message.source)];
    }
    CHECK(seen == std::vector<int>(static_cast<std::size_t>(n), each));
    for (const int count : early) CHECK(count >= 10);
  }
  world().barrier();
}

TEST_CASE("messages do not disturb collectives") {
  const int right = (world().rank() + 1) % world().size();
  for (int i = 0; i < 50; ++i) world().post(right, 0, pattern(1000, i));
  std::vector<double> values(20000, 1.0);
  world().all_reduce_sum(values);
  CHECK(values[19999] == world().size());
  world().barrier();
  for (int i = 0; i < 50; ++i) CHECK(wait_for(0).bytes == pattern(1000, i));
}

TEST_CASE("a wait that brings nothing ends in time") {
  CHECK_FALSE(world().poll(30).has_value());
  CHECK_FALSE(world().wait_any(30, 0).has_value());
  const assay::util::Stopwatch watch;
  CHECK_FALSE(world().wait_any(30, 0.05).has_value());
  CHECK(watch.seconds() >= 0.05);
}

TEST_CASE("addresses outside the group and tags outside the range are refused") {
  CHECK_THROWS(world().post(world().size(), 0, {}));
  CHECK_THROWS(world().post(-1, 0, {}));
  CHECK_THROWS(world().post(0, 1001, {}));
  CHECK_THROWS(world().poll(-1));
  CHECK_THROWS(world().receive(0, 5000));
}
