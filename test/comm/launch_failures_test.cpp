// Whole jobs under mpirun whose ranks fail: the job must end soon, with the right exit code and the reason.
#include <catch2/catch.hpp>

#include "support/mpi_environment.hpp"
#include "support/run_program.hpp"

using assay::test::ProgramResult;
using assay::test::run_program;

namespace {

// A hang would last until the five-minute deadline of collectives, far beyond this one.
constexpr double job_timeout_seconds = 60;

ProgramResult launch(int ranks, const std::string& how, const std::string& comm_timeout = "300") {
  auto environment = assay::test::mpi_environment();
  environment.emplace_back("ASAN_OPTIONS", "detect_leaks=0");  // Open MPI's own, at exit
  environment.emplace_back("ASSAY_COMM_TIMEOUT", comm_timeout);
  return run_program({ASSAY_MPIEXEC, "-np", std::to_string(ranks), ASSAY_MISBEHAVE, how},
                     {.environment = std::move(environment), .timeout_seconds = job_timeout_seconds});
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("ranks that end well end well") {
  const auto result = launch(3, "good");
  CAPTURE(result.err);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
}

TEST_CASE("an error on all ranks leaves with its exit code and without MPI's complaints") {
  for (const char* how : {"all-throw", "all-throw-with-posts"}) {
    const auto result = launch(3, how);
    CAPTURE(how, result.err);
    CHECK(result.exit_code == 2);
    CHECK_FALSE(result.timed_out);
    CHECK(occurrences(result.err, "caught: thrown on purpose") >=
          1);  // mpirun kills after the first exit code
    CHECK(result.err.find("without calling \"finalize\"") == std::string::npos);
  }
}

TEST_CASE("an error on one rank ends the others, in a collective or a receive") {
  for (const char* how : {"one-throws", "one-throws-during-receive"}) {
    const auto result = launch(2, how);
    CAPTURE(how, result.err);
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code != 0);
    CHECK(occurrences(result.err, "caught: thrown on purpose") == 1);
  }
}

TEST_CASE("a rank that leaves is named by those that wait for it") {
  const auto result = launch(2, "one-throws");
  CAPTURE(result.err);
  CHECK(result.err.find("all_reduce_sum in group \"world\" failed on rank 0") != std::string::npos);
  CHECK(result.err.find("rank 1 (world rank 1 on ") != std::string::npos);
  CHECK(result.err.find("has left; its own message says why") != std::string::npos);
}

TEST_CASE("abort ends the job with its exit code") {
  const auto result = launch(4, "abort");
  CHECK_FALSE(result.timed_out);
  CHECK(result.exit_code == 75);
}

TEST_CASE("a rank that dies takes the job with it") {
  for (const char* how : {"kill", "exit"}) {
    const auto result = launch(3, how);
    CAPTURE(how, result.err);
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == (std::string(how) == "kill" ? 137 : 3));
  }
}

TEST_CASE("a rank that stops answering ends the job at the deadline, in the middle of a long sum") {
  const auto result = launch(3, "long-sum-without-last", "1");
  CAPTURE(result.err);
  CHECK_FALSE(result.timed_out);
  CHECK(result.exit_code != 0);
  CHECK(result.err.find("no answer from rank 2 (world rank 2 on ") != std::string::npos);
}

TEST_CASE("a launcher's ranks that do not find each other are refused") {
  const auto result =
      run_program({ASSAY_MISBEHAVE, "good"}, {.environment = {{"SLURM_STEP_ID", "0"},
                                                              {"SLURM_STEP_NUM_TASKS", "4"},
                                                              {"SLURM_PROCID", "1"},
                                                              {"PMI_FD", "9"},
                                                              {"ASAN_OPTIONS", "detect_leaks=0"}},
                                              .timeout_seconds = job_timeout_seconds});
  CAPTURE(result.out, result.err);
  CHECK(result.exit_code == 2);
  CHECK(result.err.find("srun --mpi=pmix") != std::string::npos);
}

TEST_CASE("a deadline that is none is refused on every rank") {
  const auto result = launch(2, "good", "soon");
  CHECK(result.exit_code == 2);
  CHECK(result.err.find("ASSAY_COMM_TIMEOUT is \"soon\"") != std::string::npos);
}
