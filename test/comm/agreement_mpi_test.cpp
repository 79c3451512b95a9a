#include "assay/comm/agreement.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <new>
#include <string>
#include <thread>

#include "comm/settings.hpp"
#include "support/mpi_world.hpp"

using namespace assay;
using comm::Failure;

namespace {

Failure failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& error) {
    return comm::describe_failure(error);
  }
  return {};
}

std::string named(const std::string& sentence, int rank) {
  if (rank == 0) return sentence;
  return sentence + " (rank " + std::to_string(rank) + " on " + test::world().host() + ")";
}

}  // namespace

TEST_CASE("a failure on rank 0 reaches every rank") {
  auto& world = test::world();
  int calls = 0;
  const Failure result = failure_of([&] {
    comm::on_rank_zero(world, [&] {
      ++calls;
      throw util::InputError("bad input");
    });
  });
  CHECK(result.code == util::ExitCode::usage);
  CHECK(result.message == "bad input");
  CHECK(calls == (world.rank() == 0 ? 1 : 0));
}

TEST_CASE("a failure on any rank is thrown by all, naming it") {
  auto& world = test::world();
  const int culprit = world.size() - 1;
  const auto work = [&] {
    comm::on_every_rank(world, [&] {
      if (world.rank() == culprit) throw util::Error(util::ExitCode::internal, "disk gone");
    });
  };
  const Failure result = failure_of(work);
  CHECK(result.code == util::ExitCode::internal);
  CHECK(result.message == named("disk gone", culprit));
  if (world.size() > 1) CHECK_THROWS_AS(work(), comm::AgreedError);
}

TEST_CASE("of several failures the lowest rank's is told, also one without a sentence") {
  auto& world = test::world();
  const Failure result = failure_of([&] {
    comm::on_every_rank(world,
                        [&] { throw util::InputError("rank " + std::to_string(world.rank()) + " says"); });
  });
  CHECK(result.message == "rank 0 says");
  const Failure silent = failure_of(
      [&] { comm::on_every_rank(world, [] { throw util::Error(util::ExitCode::resumable, ""); }); });
  CHECK(silent.code == util::ExitCode::resumable);
}

// As the engine agrees within a replica while the campaign agrees on the world.
TEST_CASE("nested in a group, the rank is named by its number in the job, once") {
  auto& world = test::world();
  const int half = world.size() / 2;
  const auto group = world.split(world.rank() < half ? 0 : 1, 0, "half");
  const int culprit = world.size() - 1;  // in groups of one, two and more it is not the group's first
  const Failure result = failure_of([&] {
    comm::on_every_rank(world, [&] {
      comm::on_every_rank(*group, [&] {
        if (world.rank() == culprit) throw util::InputError("NaN weights");
      });
    });
  });
  CHECK(result.code == util::ExitCode::usage);
  CHECK(result.message == named("NaN weights", culprit));
}

TEST_CASE("running out of memory on any rank is a sentence and an exit code for all") {
  auto& world = test::world();
  const Failure result = failure_of([&] {
    comm::on_every_rank(world, [&] {
      if (world.rank() == world.size() - 1) throw std::bad_alloc();
    });
  });
  CHECK(result.code == util::ExitCode::internal);
  CHECK_THAT(result.message, Catch::StartsWith("out of memory; use more ranks"));
}

TEST_CASE("success is agreed on too") {
  auto& world = test::world();
  int calls = 0;
  comm::on_every_rank(world, [&] { ++calls; });
  comm::on_rank_zero(world, [] {});
  CHECK(calls == 1);
}

// As when one node reads its weights from a slower disk.
TEST_CASE("a rank that takes longer than the deadline is waited for") {
  auto& world = test::world();
  const auto before = comm::comm_settings();
  comm::comm_settings().timeout_seconds = 0.2;
  const auto group = world.split(0, world.rank(), "impatient group");
  comm::comm_settings() = before;
  for (const int slow : {0, world.size() - 1}) {
    comm::on_every_rank(*group, [&] {
      if (world.rank() == slow) std::this_thread::sleep_for(std::chrono::milliseconds(600));
    });
  }
  comm::on_rank_zero(*group, [] { std::this_thread::sleep_for(std::chrono::milliseconds(600)); });
  group->barrier();  // of use still
  CHECK(group->size() == world.size());
}
