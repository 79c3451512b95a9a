// A failure inside a step: the leader's collective never completes. Groups with a short deadline, since a
// failed group stays failed.
#include <catch2/catch.hpp>
#include <optional>

#include "assay/util/error.hpp"
#include "comm/settings.hpp"
#include "engine/model_fixture.hpp"
#include "support/mpi_world.hpp"

using namespace assay;

TEST_CASE("a failure inside a step fails every rank of the replica, by the deadline where no word arrives") {
  if (test::world().size() != 2) return;
  const auto before = comm::comm_settings();
  comm::comm_settings().timeout_seconds = 3;
  const comm::Mesh mesh(test::world(), {2, 1, 1});
  comm::comm_settings() = before;
  const test::ModelFixture fixture("llama2");
  engine::Engine engine(mesh, fixture.spec, fixture.checkpoint, nullptr, fixture.options());
  // The other rank does not follow: the leader waits in its first step's sum until its deadline.
  if (mesh.is_leader()) {
    CHECK_THROWS_WITH(run_requests(engine, mesh, {test::score(fixture.prompt, 1)}),
                      Catch::Contains("all_reduce_sum") && Catch::Contains("rank 1"));
    test::world().barrier();
    return;
  }
  test::world().barrier();
  // It has the plan and then waits inside the step for a leader that is no more; the word that it failed,
  // which comes behind the plan, is not what ends it.
  try {
    engine.follow();
    FAIL_CHECK("follow() returned");
  } catch (const engine::LeaderFailed&) {
    FAIL_CHECK("the leader's failure was told");
  } catch (const util::Error& error) {
    CHECK(error.code() == util::ExitCode::internal);
    CHECK_THAT(error.what(), Catch::Contains("rank 0"));
  }
}
