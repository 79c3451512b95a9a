// The Python program that runs inside the sandbox: sets the limits, executes the text it is given, reports
// the end.
#pragma once

#include <string>
#include <string_view>

#include "assay/eval/sandbox.hpp"

namespace assay::eval {

/// File descriptors of the runner beside 0, 1 and 2.
inline constexpr int request_fd = 3;  ///< what runner_request() makes, from its start
inline constexpr int report_fd =
    4;  ///< runner_ready, then token, microseconds of processor time, verdict and message

inline constexpr char runner_ready =
    'R';  ///< written once the limits are set and the program is about to run

/// For `python -c`; works with Python 3.8 and later.
[[nodiscard]] std::string_view runner_source();

/// The request: a line of numbers, then the program. `token` is what the report must begin with.
/// `thread_limit` < 0: none is set.
[[nodiscard]] std::string runner_request(const SandboxSettings& settings, const SandboxedProgram& program,
                                         const std::string& token, int thread_limit);

}  // namespace assay::eval
