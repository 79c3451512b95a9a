// What a user sees on stderr, from a process of its own, since levels are read once.
#include "assay/util/log.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "support/run_program.hpp"

namespace {

std::string logged(const std::string& level, const std::string& rank) {
  return assay::test::run_program(
             {std::filesystem::read_symlink("/proc/self/exe").string(), "logs one line a level"},
             {.environment = {{"ASSAY_LOG", level}, {"ASSAY_TEST_RANK", rank}}})
      .err;
}

}  // namespace

TEST_CASE("logs one line a level", "[.]") {
  // Run by the test below in a process of its own; a run by file name meets it without a rank.
  if (std::getenv("ASSAY_TEST_RANK") == nullptr) return;
  assay::util::set_log_rank(std::atoi(std::getenv("ASSAY_TEST_RANK")));
  assay::util::log_debug("d {}", 1);
  assay::util::log_info("i {}", 2);
  assay::util::log_warning("w {}", 3);
  assay::util::log_error("e {}", 4);
}

TEST_CASE("levels and ranks decide what is shown") {
  CHECK(logged("info", "0") == "assay: i 2\nassay: warning: w 3\nassay: error: e 4\n");
  CHECK(logged("error", "0") == "assay: error: e 4\n");
  CHECK(logged("info", "2") == "assay: [rank 2] warning: w 3\nassay: [rank 2] error: e 4\n");
  CHECK(logged("debug", "2").find("[rank 2] debug: d 1\n") != std::string::npos);
}
