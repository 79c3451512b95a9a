#include "assay/eval/sandbox.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <chrono>
#include <cstdio>
#include <system_error>

#include "assay/util/error.hpp"
#include "eval/sandbox/bubblewrap.hpp"
#include "eval/sandbox/interpreter.hpp"
#include "eval/sandbox/sandbox_run.hpp"
#include "eval/sandbox/seccomp_filter.hpp"

namespace assay::eval {
namespace {

constexpr int attempts = 3;  // to start a program: a machine may be short of processes for a moment

std::string bubblewrap_or_fail() {
  const std::string version = bubblewrap_version();
  util::check_input(
      !version.empty(),
      "cannot build a sandbox for generated code (bubblewrap is not installed); install it: `apt install "
      "bubblewrap`, `dnf install bubblewrap`, or without root `conda install -c conda-forge bubblewrap`");
  return version;
}

void check(const SandboxSettings& settings) {
  const bool sane = settings.cpu_seconds > 0 && settings.idle_seconds > 0 && settings.wall_seconds > 0 &&
                    settings.threads > 0 && settings.memory_bytes > 0 && settings.file_bytes > 0;
  util::check_input(sane, "a limit of the sandbox is zero or less; give positive limits");
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::failed:
      return "failed";
    case Verdict::timed_out:
      return "timed out";
    case Verdict::out_of_memory:
      return "out of memory";
    case Verdict::output_limit:
      return "output limit";
    case Verdict::killed:
      return "killed";
    case Verdict::sandbox_error:
      return "sandbox error";
  }
  return "unknown";
}

Sandbox::Sandbox(const SandboxSettings& settings) : settings_(settings) {
  check(settings_);
  const std::string version = bubblewrap_or_fail();
  const Interpreter interpreter = find_interpreter(settings_.python.empty() ? "python3" : settings_.python);
  command_ = bubblewrap_command(settings_, interpreter);
  const Execution passing = run({.source = "assert 1 + 1 == 2"});
  if (passing.verdict == Verdict::sandbox_error) throw util::InputError(why_no_sandbox(passing.message));
  const Execution failing = run({.source = "assert 1 + 1 == 3"});
  if (passing.verdict != Verdict::passed || failing.verdict != Verdict::failed)
    util::fail_input(
        "the sandbox for generated code does not work with {} (a program that must pass: {} {}; one that "
        "must fail: "
        "{} {}); choose another interpreter with --sandbox-python",
        interpreter.executable, name_of(passing.verdict), passing.message, name_of(failing.verdict),
        failing.message);
  description_ = fmt::format(
      "bubblewrap {}, Python {} ({}), {}", version, interpreter.version, interpreter.executable,
      seccomp_filter_known() ? "system calls filtered" : "system calls not filtered on this processor");
}

Execution Sandbox::run(const SandboxedProgram& program, const std::atomic<bool>* stop) const {
  Execution execution;
  for (int attempt = 1; attempt <= attempts; ++attempt) {
    try {
      execution = SandboxRun(settings_, command_, program).follow(stop);
    } catch (const std::system_error& error) {
      execution = {.message = fmt::format("bubblewrap could not be started: {}", error.what())};
    }
    const bool stopped = stop != nullptr && *stop;
    if (execution.verdict != Verdict::sandbox_error || stopped) break;
    if (attempt < attempts) std::this_thread::sleep_for(std::chrono::milliseconds(200 * attempt));
  }
  return execution;
}

SandboxProbe probe_sandbox(const SandboxSettings& settings) {
  try {
    return {true, Sandbox(settings).description()};
  } catch (const util::Error& error) {
    return {false, error.what()};
  }
}

}  // namespace assay::eval
