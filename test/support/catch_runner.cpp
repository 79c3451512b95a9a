// Catch's implementation, compiled once for both mains: it takes as long as a dozen tests.
#define CATCH_CONFIG_RUNNER
#include "support/catch_runner.hpp"

#include <catch2/catch.hpp>

int assay::test::run_cases(int argc, char** argv) {
  return Catch::Session().run(argc, argv);
}
