// Errors and exit codes. Messages follow one grammar: problem (why); what to do.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace assay::util {

/// Process exit codes; documented in `assay --help`. On disk and in scripts: never renumber.
enum class ExitCode : int {
  ok = 0,            ///< done
  internal = 1,      ///< a bug, or a failure of the machine
  usage = 2,         ///< bad usage or bad input
  failed_tasks = 3,  ///< finished, but some tasks failed
  resumable = 75,    ///< stopped on request; the same command resumes
};

/// Any failure that ends a command. `what()` is one sentence for the user.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// Bad input or usage (exit code 2).
class InputError : public Error {
 public:
  explicit InputError(const std::string& message) : Error(ExitCode::usage, message) {}
};

/// Throws InputError with a formatted message.
template <class... Args>
[[noreturn]] void fail_input(fmt::format_string<Args...> format, Args&&... args) {
  throw InputError(fmt::format(format, std::forward<Args>(args)...));
}

/// Throws InputError with a formatted message unless `ok`.
template <class... Args>
void check_input(bool ok, fmt::format_string<Args...> format, Args&&... args) {
  if (!ok) throw InputError(fmt::format(format, std::forward<Args>(args)...));
}

/// Throws Error(internal) with a formatted message.
template <class... Args>
[[noreturn]] void fail_internal(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ExitCode::internal, fmt::format(format, std::forward<Args>(args)...));
}

/// Throws Error(internal) naming an operating-system call and errno's text.
[[noreturn]] void fail_errno(const std::string& what);

[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace assay::util

/// Invariant of our own code, checked in every build. Never for user input.
#define ASSAY_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::assay::util::check_failed(#condition, __FILE__, __LINE__))
