// main() of tests that run in one process.
#include "support/catch_runner.hpp"

int main(int argc, char** argv) {
  return assay::test::run_cases(argc, argv);
}
