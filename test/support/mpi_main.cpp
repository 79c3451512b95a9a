// main() of tests that run under mpirun. A failed case on one rank ends the job at once: the other ranks
// may be waiting for it in a collective.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>

#include "support/mpi_world.hpp"

namespace {

assay::comm::Communicator* world_pointer = nullptr;

struct AbortOnFailure : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;
  bool assertionEnded(const Catch::AssertionStats& stats) override {
    if (!stats.assertionResult.isOk()) {
      std::cerr << "[rank " << world_pointer->rank() << "] " << stats.assertionResult.getSourceInfo() << ": "
                << stats.assertionResult.getExpressionInMacro() << " with "
                << stats.assertionResult.getExpandedExpression() << " " << stats.assertionResult.getMessage()
                << std::endl;
    }
    return true;
  }
  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (stats.totals.assertions.failed == 0 || world_pointer->size() == 1) return;
    std::cerr << "[rank " << world_pointer->rank() << "] FAILED: " << stats.testInfo.name << " at "
              << stats.testInfo.lineInfo << std::endl;
    world_pointer->abort(1);
  }
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
  if (world_pointer->rank() != 0) std::cout.rdbuf(swallowed.rdbuf());
  const int failed = Catch::Session().run(argc, argv);
  std::int64_t worst[] = {failed};
  world_pointer->all_reduce_max(worst);
  return worst[0] == 0 ? 0 : 1;
}
