// Deadlines and disagreements. Each uses groups of its own, since a failed group stays failed.
#include <catch2/catch.hpp>
#include <functional>

#include "assay/comm/communicator.hpp"
#include "assay/util/error.hpp"
#include "comm/settings.hpp"
#include "comm_bytes.hpp"
#include "support/mpi_world.hpp"

using assay::test::world;

namespace {

std::unique_ptr<assay::comm::Communicator> impatient_group(const std::string& name) {
  const auto before = assay::comm::comm_settings();
  assay::comm::comm_settings().timeout_seconds = 0.2;
  auto group = world().split(0, world().rank(), name);
  assay::comm::comm_settings() = before;
  return group;
}

template <class Function>
std::string failure_of(Function function) {
  try {
    function();
  } catch (const assay::util::Error& error) {
    CHECK(error.code() == assay::util::ExitCode::internal);
    return error.what();
  }
  return "no failure";
}

}  // namespace

TEST_CASE("a collective that one rank never enters names it, and the group stays out of use") {
  if (world().size() == 1) return;
  const auto group = impatient_group("test group");
  const int last = world().size() - 1;
  if (world().rank() != last) {
    float values[] = {1, 2};
    const auto message = failure_of([&] { group->all_reduce_sum(values); });
    CHECK_THAT(message,
               Catch::Contains("all_reduce_sum") && Catch::Contains("test group") &&
                   Catch::Contains("rank " + std::to_string(last) + " (world rank " + std::to_string(last)) &&
                   Catch::Contains(world().host()) && Catch::Contains("0.2 s") &&
                   Catch::Contains("ASSAY_COMM_TIMEOUT"));
    CHECK_THAT(failure_of([&] { group->barrier(); }),
               Catch::Contains("barrier") && Catch::Contains("earlier failure"));
  }
  world().barrier();  // other groups are not touched
}

TEST_CASE("every kind of collective has a deadline") {
  if (world().size() == 1) return;
  const int last = world().size() - 1;
  const std::vector<std::function<void(assay::comm::Communicator&)>> operations{
      [](auto& group) { group.barrier(); },
      [&](auto& group) { (void)group.broadcast_message({}, last); },
      [](auto& group) { (void)group.gather_messages({}, 0); },
      [](auto& group) { (void)group.split(0, 0, "never"); },
  };
  for (std::size_t i = 0; i < operations.size(); ++i) {
    CAPTURE(i);
    const auto group = impatient_group("test group");
    if (world().rank() == 0) {
      CHECK_THAT(failure_of([&] { operations[i](*group); }),
                 Catch::Contains("test group") && Catch::Contains("no answer from rank"));
    }
    world().barrier();
  }
}

TEST_CASE("a receive has a deadline, after which the group still works") {
  if (world().size() == 1) return;
  const auto group = impatient_group("test group");
  if (world().rank() == 0) {
    CHECK_THAT(failure_of([&] { (void)group->receive(1, 77); }), Catch::Contains("receive") &&
                                                                     Catch::Contains("tag 77") &&
                                                                     Catch::Contains("rank 1 (world rank 1"));
  }
  world().barrier();
  group->barrier();
}

TEST_CASE("ranks that enter different collectives find out at once") {
  const auto pair = world().split(world().rank() / 2, 0, "pair");  // with the usual, long deadline
  if (pair->size() == 1) return;
  if (pair->rank() == 0) {
    float values[] = {1};
    CHECK_THAT(failure_of([&] { pair->all_reduce_sum(values); }),
               Catch::Contains("is in all_gather instead") && Catch::Contains("disagree"));
  } else {
    const std::vector<std::byte> in(4);
    std::vector<std::byte> out(8);
    CHECK_THAT(failure_of([&] { pair->all_gather(in, out); }),
               Catch::Contains("is in all_reduce_sum instead"));
  }
}

TEST_CASE("ranks that disagree about sizes find out at once") {
  for (const bool first_is_longer : {true, false}) {
    const auto pair = world().split(world().rank() / 2, 0, "pair");
    if (pair->size() == 1) return;
    std::vector<float> values((pair->rank() == 0) == first_is_longer ? 8 : 3);
    const auto message = failure_of([&] { pair->all_reduce_sum(values); });
    CHECK_THAT(message,
               Catch::Contains(values.size() == 8 ? "sent 12 bytes where 32 were expected" : "truncate"));
  }
}
