// Runs other programs from tests: arguments without a shell, captured output, a deadline, signals.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace assay::test {

struct ProgramOptions {
  /// Added to the environment, replacing what is there.
  std::vector<std::pair<std::string, std::string>> environment = {};
  /// Removed from the environment.
  std::vector<std::string> unset = {};
  std::filesystem::path folder = {};  ///< where it runs; empty: here
  std::string input = {};             ///< what it reads on stdin
  double timeout_seconds = 60;
};

struct ProgramResult {
  int exit_code = -1;  ///< -1 if a signal ended it
  int signal = 0;      ///< the signal that ended it, or 0
  bool timed_out = false;
  std::string out = {};
  std::string err = {};
  double seconds = 0;
};

/// A running program, the leader of a process group of its own. The destructor kills the whole group.
class Program {
 public:
  /// arguments[0] is the program, looked up in PATH. Throws std::runtime_error if it cannot be started.
  explicit Program(std::vector<std::string> arguments, const ProgramOptions& options = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Sends a signal to the program alone, or to its whole process group.
  void kill(int signal) const;
  void kill_group(int signal) const;
  /// Reads its output for up to `seconds`, or until `text` has appeared on stdout or stderr; true if it has.
  [[nodiscard]] bool wait_for(const std::string& text, double seconds);
  /// Until it has ended (and its outputs are closed). At the deadline it is killed with its group.
  [[nodiscard]] ProgramResult wait();

 private:
  bool pump(double seconds);
  void feed();
  bool reap(bool block);

  pid_t pid_ = -1;
  bool ended_ = false;
  int status_ = 0;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string input_;
  std::string out_text_;
  std::string err_text_;
  double deadline_ = 0;
  double start_ = 0;
};

/// Starts a program and waits for it.
[[nodiscard]] ProgramResult run_program(std::vector<std::string> arguments,
                                        const ProgramOptions& options = {});

}  // namespace assay::test
