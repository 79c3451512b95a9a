// bubblewrap's arguments, and why it may not work on a machine.
#pragma once

#include <string>
#include <vector>

#include "assay/eval/sandbox.hpp"
#include "eval/sandbox/interpreter.hpp"

namespace assay::eval {

/// File descriptors that bubblewrap itself reads and writes.
inline constexpr int info_fd = 5;     ///< "child-pid": the first process of the sandbox
inline constexpr int seccomp_fd = 6;  ///< seccomp_filter(); only where it is known

/// The whole command line: bwrap, its arguments, the interpreter and the runner.
[[nodiscard]] std::vector<std::string> bubblewrap_command(const SandboxSettings& settings,
                                                          const Interpreter& interpreter);

/// "0.8.0", or empty where there is no bubblewrap.
[[nodiscard]] std::string bubblewrap_version();

/// Why a sandbox could not be built, and what to do, as far as the kernel's settings tell; `said` is what
/// bubblewrap wrote.
[[nodiscard]] std::string why_no_sandbox(const std::string& said);

}  // namespace assay::eval
