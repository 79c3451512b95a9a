#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "support/run_program.hpp"
#include "support/temp_dir.hpp"

using assay::test::Program;
using assay::test::run_program;
using assay::test::TempDir;

TEST_CASE("a temporary folder is private and goes away with its content") {
  std::filesystem::path where;
  {
    const TempDir dir;
    const TempDir other;
    where = dir.path();
    CHECK(where != other.path());
    CHECK(std::filesystem::is_directory(where));
    std::filesystem::create_directories(dir / "a/b");
    std::ofstream(dir / "a/b/c") << "x";
  }
  CHECK_FALSE(std::filesystem::exists(where));
}

TEST_CASE("a program's output, exit code, arguments and environment are seen") {
  const TempDir dir;
  ::setenv("ASSAY_TEST_GONE", "still here", 1);
  const auto result = run_program(
      {"sh", "-c", "cat; pwd; echo \"$1|$ASSAY_TEST_NEW|${ASSAY_TEST_GONE-unset}\"; echo problem >&2; exit 7",
       "sh", "a  b"},
      {.environment = {{"ASSAY_TEST_NEW", "new value"}},
       .unset = {"ASSAY_TEST_GONE"},
       .folder = dir.path(),
       .input = "from stdin\n"});
  CHECK(result.exit_code == 7);
  CHECK(result.signal == 0);
  CHECK_FALSE(result.timed_out);
  CHECK(result.out == "from stdin\n" + dir.path().string() + "\na  b|new value|unset\n");
  CHECK(result.err == "problem\n");
}

TEST_CASE("output and input larger than a pipe do not block") {
  const std::string big(3 << 20, 'x');
  const auto result = run_program({"cat"}, {.input = big});
  CHECK(result.exit_code == 0);
  CHECK(result.out == big);
  CHECK(run_program({"true"}, {.input = big}).exit_code == 0);  // ends without reading
}

TEST_CASE("signals and deadlines are reported") {
  CHECK(run_program({"sh", "-c", "kill -SEGV $$"}).signal == SIGSEGV);
  const auto late =
      run_program({"sh", "-c", "echo started; sleep 100 & sleep 100"}, {.timeout_seconds = 0.3});
  CHECK(late.timed_out);
  CHECK(late.signal == SIGKILL);
  CHECK(late.out == "started\n");
}

TEST_CASE("a running program can be watched and killed") {
  Program program({"sh", "-c", "echo ready; exec sleep 100"});
  CHECK(program.wait_for("ready", 30));
  program.kill(SIGTERM);
  const auto result = program.wait();
  CHECK(result.signal == SIGTERM);
  CHECK_FALSE(result.timed_out);
  CHECK_FALSE(Program({"echo", "something"}).wait_for("else", 30));
}

TEST_CASE("a run of skipped cases alone is no success, and says why") {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto skipped = run_program({self, "[skipping]"});
  CHECK(skipped.exit_code == 77);
  CHECK_THAT(skipped.out, Catch::Contains("SKIPPED: skips for support_test: it is told to"));
  CHECK(run_program({self, "[skipping],[running]"}).exit_code == 0);
  CHECK(run_program({self, "[skipping],[failing]"}).exit_code == 1);
}

TEST_CASE("a program that does not exist is an error") {
  CHECK_THROWS_WITH(run_program({"/no/such/program"}), Catch::Contains("/no/such/program"));
}
