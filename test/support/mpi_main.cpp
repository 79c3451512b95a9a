// main() of tests that run under mpirun. A failed case on one rank ends the job at once: the other ranks
// may be waiting for it in a collective.
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>

#include "support/catch_runner.hpp"
#include "support/mpi_world.hpp"
#include "support/skip.hpp"

namespace {

assay::comm::Communicator* world_pointer = nullptr;

struct AbortOnFailure : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;
  bool assertionEnded(const Catch::AssertionStats& stats) override {
    // The launcher ends the other ranks by SIGTERM once one has failed; that is no failure of theirs.
    terminated_ = terminated_ || stats.assertionResult.getMessage().find("SIGTERM") != std::string::npos;
    if (!stats.assertionResult.isOk() && !terminated_) {
      std::cerr << "[rank " << world_pointer->rank() << "] " << stats.assertionResult.getSourceInfo() << ": "
                << stats.assertionResult.getExpressionInMacro() << " with "
                << stats.assertionResult.getExpandedExpression() << " " << stats.assertionResult.getMessage()
                << std::endl;
    }
    return true;
  }
  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (stats.totals.assertions.failed == 0 || world_pointer->size() == 1 || terminated_) return;
    std::cerr << "[rank " << world_pointer->rank() << "] FAILED: " << stats.testInfo.name << " at "
              << stats.testInfo.lineInfo << std::endl;
    world_pointer->abort(1);
  }

 private:
  bool terminated_ = false;
};
CATCH_REGISTER_LISTENER(AbortOnFailure)

}  // namespace

assay::comm::Communicator& assay::test::world() {
  return *world_pointer;
}

int main(int argc, char** argv) {
  assay::comm::MpiRuntime mpi;
  world_pointer = &mpi.world();
  std::ostringstream swallowed;  // only rank 0 reports; failures print above
  std::streambuf* const console = std::cout.rdbuf();
  if (world_pointer->rank() != 0) std::cout.rdbuf(swallowed.rdbuf());
  const int failed = assay::test::run_cases(argc, argv);
  std::cout.rdbuf(console);
  const bool skipped = failed == assay::test::skip_exit_code;
  double ranks[] = {skipped ? 1.0 : 0.0, failed != 0 && !skipped ? 1.0 : 0.0};  // that skipped, that failed
  world_pointer->all_reduce_sum(ranks);
  if (ranks[1] > 0) return 1;
  return ranks[0] == world_pointer->size() ? assay::test::skip_exit_code : 0;
}
