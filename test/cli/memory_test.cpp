// In a file of its own: the kernel reports the largest child of the whole test process.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "cli/assay_program.hpp"

using namespace assay::test;

TEST_CASE("help and list stay small: under 30 MB resident") {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--help"}, {"list", "tasks"}}) {
    const auto result = run_assay(words);
    CHECK(result.exit_code == 0);
  }
  rusage children{};
  REQUIRE(::getrusage(RUSAGE_CHILDREN, &children) == 0);  // the largest child so far
  CHECK(children.ru_maxrss < 30 * 1024);
}
