#include <catch2/catch.hpp>

#include "assay/comm/communicator.hpp"
#include "assay/util/clock.hpp"
#include "assay/util/error.hpp"
#include "comm_bytes.hpp"

using assay::comm::make_self_communicator;
using assay::test::bytes_of;
using assay::test::text_of;

TEST_CASE("collectives of one rank leave values as they are") {
  const auto self = make_self_communicator();
  CHECK(self->rank() == 0);
  CHECK(self->size() == 1);
  CHECK(self->local_size() == 1);
  CHECK(self->world_rank() == 0);
  CHECK(make_self_communicator("replica 2", 5)->world_rank() == 5);
  CHECK_FALSE(self->host().empty());
  float values[] = {1, 2};
  self->barrier();
  self->all_reduce_sum(values);
  CHECK(values[0] == 1);
  CHECK(values[1] == 2);
  auto in = bytes_of("abc");
  std::vector<std::byte> out(3);
  self->all_gather(in, out);
  CHECK(text_of(out) == "abc");
  self->broadcast(in, 0);
  CHECK(text_of(self->broadcast_message(in, 0)) == "abc");
  const auto gathered = self->gather_messages(in, 0);
  REQUIRE(gathered.size() == 1);
  CHECK(text_of(gathered[0]) == "abc");
  CHECK_THROWS(self->broadcast(in, 1));
  std::vector<std::byte> wrong(4);
  CHECK_THROWS(self->all_gather(in, wrong));
}

TEST_CASE("messages to oneself arrive in order, by tag") {
  const auto self = make_self_communicator();
  CHECK_FALSE(self->poll(3).has_value());
  self->post(0, 3, bytes_of("first"));
  self->post(0, 4, bytes_of("other"));
  self->post(0, 3, {});
  self->flush();
  self->progress();
  CHECK(text_of(self->poll(3)->bytes) == "first");
  CHECK(self->receive(0, 3).bytes.empty());
  CHECK_FALSE(self->poll(3).has_value());
  CHECK(text_of(self->wait_any(4, 0)->bytes) == "other");
  CHECK_THROWS(self->post(1, 0, {}));
  CHECK_THROWS(self->post(0, 1001, {}));
  CHECK_THROWS(self->post(0, -1, {}));
}

TEST_CASE("waiting for what cannot come ends") {
  const auto self = make_self_communicator("replica 3");
  CHECK_THROWS_WITH(self->receive(0, 5), Catch::Contains("for ever") && Catch::Contains("replica 3"));
  const assay::util::Stopwatch watch;
  CHECK_FALSE(self->wait_any(5, 0.02).has_value());
  CHECK(watch.seconds() >= 0.02);  // so that a loop around it does not spin
}

TEST_CASE("a split of one rank is one rank") {
  const auto self = make_self_communicator();
  self->post(0, 1, bytes_of("mine"));
  const auto part = self->split(-3, 9, "part");
  CHECK(part->size() == 1);
  CHECK(part->name() == "part");
  CHECK_FALSE(part->poll(1).has_value());
  CHECK(self->poll(1).has_value());
}
