// One program in one sandbox, from its start to its verdict.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "assay/eval/sandbox.hpp"
#include "eval/sandbox/child_process.hpp"
#include "eval/sandbox/idle_clock.hpp"

namespace assay::eval {

class SandboxRun {
 public:
  /// Starts it; `command` is bubblewrap_command(). Throws std::system_error.
  SandboxRun(const SandboxSettings& settings, const std::vector<std::string>& command,
             const SandboxedProgram& program);

  /// Until its end, which `*stop` brings about at once. Afterwards no process of it is left.
  [[nodiscard]] Execution follow(const std::atomic<bool>* stop);

 private:
  /// Why we ended it.
  enum class Ended { by_itself, output, threads, idle, wall, stopped };

  void read_outputs(double seconds);
  void sample();
  void end(Ended reason);
  void wait_for_first_process() const;
  [[nodiscard]] Execution verdict(const ChildEnd& child) const;
  [[nodiscard]] Execution ended_by_us() const;
  [[nodiscard]] Execution without_report(const ChildEnd& child) const;
  [[nodiscard]] bool started() const;

  SandboxSettings settings_;
  bool keep_output_;
  std::string token_;
  double start_;
  Pipe out_ = make_pipe();
  Pipe err_ = make_pipe();
  Pipe report_ = make_pipe();
  Pipe info_ = make_pipe();
  util::FileDescriptor first_process_;  ///< pidfd of the sandbox's first process
  std::string output_;
  std::string errors_;  ///< the end of its stderr
  std::string report_text_;
  std::string info_text_;
  std::size_t output_bytes_ = 0;
  double next_sample_;
  pid_t first_pid_ = -1;
  bool times_known_ = false;
  double cpu_seconds_ = 0;  ///< as last seen
  IdleClock idle_;
  Ended ended_ = Ended::by_itself;
  ChildProcess child_;  ///< last: it ends before the pipes are closed
};

}  // namespace assay::eval
