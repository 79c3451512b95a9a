// Running the chosen test cases; what both mains call.
#pragma once

namespace assay::test {

// Runs the cases that the command line chooses. Returns the number of failed ones, as Catch's own main does,
// or skip_exit_code (support/skip.hpp) if all of them were skipped.
int run_cases(int argc, char** argv);

}  // namespace assay::test
