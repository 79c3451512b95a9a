#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "assay/campaign/agreement.hpp"
#include "assay/util/error.hpp"
#include "support/mpi_world.hpp"

using namespace assay;

namespace {

struct Seen {
  util::ExitCode code = util::ExitCode::ok;
  std::string message;
};

Seen seen(const std::function<void()>& work) {
  try {
    work();
  } catch (const util::Error& error) {
    return {error.code(), error.what()};
  }
  return {};
}

}  // namespace

TEST_CASE("a failure on rank 0 reaches every rank with its exit code, its sentence only rank 0") {
  auto& world = test::world();
  int calls = 0;
  const Seen result = seen([&] {
    campaign::on_rank_zero(world, [&] {
      ++calls;
      throw util::InputError("bad input");
    });
  });
  CHECK(result.code == util::ExitCode::usage);
  CHECK(result.message == (world.rank() == 0 ? "bad input" : ""));
  CHECK(calls == (world.rank() == 0 ? 1 : 0));
}

TEST_CASE("a failure on any rank is told by rank 0 and thrown by all") {
  auto& world = test::world();
  const int culprit = world.size() - 1;
  const Seen result = seen([&] {
    campaign::on_every_rank(world, [&] {
      if (world.rank() == culprit) throw util::Error(util::ExitCode::internal, "disk gone");
    });
  });
  CHECK(result.code == util::ExitCode::internal);
  if (world.rank() == 0) CHECK_THAT(result.message, Catch::StartsWith("disk gone"));
  if (world.rank() == 0 && culprit > 0)
    CHECK_THAT(result.message, Catch::Contains("rank " + std::to_string(culprit)));
}

TEST_CASE("success is agreed on too") {
  auto& world = test::world();
  int calls = 0;
  campaign::on_every_rank(world, [&] { ++calls; });
  campaign::on_rank_zero(world, [] {});
  CHECK(calls == 1);
}
