// Test cases that cannot run here. A skipped case is not a passed one: the entry counts as skipped in CTest
// where no other case of it ran (exit code 77).
#pragma once

#include <string>

namespace assay::test {

inline constexpr int skip_exit_code = 77;

/// Says that the running test case does not run, and why; the case returns right behind it.
void skip(const std::string& reason);

/// Test cases that were skipped, and test cases that ran or were skipped, so far.
struct CaseCounts {
  int skipped = 0;
  int all = 0;
};
[[nodiscard]] CaseCounts case_counts();

}  // namespace assay::test
