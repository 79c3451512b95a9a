// Catch's implementation, compiled once for both mains: it takes as long as a dozen tests.
#define CATCH_CONFIG_RUNNER
#include "support/catch_runner.hpp"

#include <catch2/catch.hpp>
#include <iostream>

#include "support/skip.hpp"

namespace assay::test {
namespace {

CaseCounts counts;
bool skipping = false;  // the running case said so

struct CountCases : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;
  void testCaseStarting(const Catch::TestCaseInfo&) override { skipping = false; }
  void testCaseEnded(const Catch::TestCaseStats&) override {
    ++counts.all;
    if (skipping) ++counts.skipped;
  }
};
CATCH_REGISTER_LISTENER(CountCases)

}  // namespace

void skip(const std::string& reason) {
  skipping = true;
  std::cout << "SKIPPED: " << Catch::getResultCapture().getCurrentTestName() << ": " << reason << std::endl;
}

CaseCounts case_counts() {
  return counts;
}

int run_cases(int argc, char** argv) {
  const int failed = Catch::Session().run(argc, argv);
  return failed == 0 && counts.all > 0 && counts.skipped == counts.all ? skip_exit_code : failed;
}

}  // namespace assay::test
