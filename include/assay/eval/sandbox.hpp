// Runs Python programs that a model wrote, in a sandbox (bubblewrap), and says whether they passed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace assay::eval {

/// What a program may use. Only processor time, memory, threads, output and files of its own decide a
/// verdict: a loaded machine makes programs slow, not wrong.
struct SandboxSettings {
  std::string python = {};    ///< path or name of the interpreter; empty: python3 in PATH
  int cpu_seconds = 3;        ///< of processor time, the interpreter's start (about 0.03) included
  double idle_seconds = 10;   ///< spent neither computing nor waiting for a core: asleep, blocked
  double wall_seconds = 600;  ///< last resort
  std::size_t memory_bytes = 4ULL << 30;   ///< of address space
  int threads = 64;                        ///< at once; it cannot start processes at all
  std::size_t output_bytes = 16ULL << 20;  ///< on stdout and stderr together
  std::size_t file_bytes = 64ULL << 20;    ///< of all files in its /tmp, which is in memory
};

enum class Verdict { passed, failed, timed_out, out_of_memory, output_limit, killed, sandbox_error };

/// "passed", "failed", "timed out", ...
[[nodiscard]] std::string_view name_of(Verdict verdict);

/// A program as text, and what it reads on stdin. Without input, reading stdin raises OSError.
struct SandboxedProgram {
  std::string source;
  std::optional<std::string> input = {};
};

struct Execution {
  Verdict verdict = Verdict::sandbox_error;
  std::string message = {};  ///< one line: the exception, the signal, the limit; empty when passed
  std::string output = {};   ///< its stdout, where it was given an input
  double cpu_seconds = 0;    ///< of the program and its interpreter, as last seen
  double wall_seconds = 0;
};

/// Whether a sandbox can be built here, in one sentence: what it is made of, or what is missing and how to
/// get it.
struct SandboxProbe {
  bool available = false;
  std::string sentence = {};
};
[[nodiscard]] SandboxProbe probe_sandbox(const SandboxSettings& settings = {});

/// Runs programs one at a time, each in a sandbox of its own: no network, no processes, an empty environment,
/// a read-only file system with the interpreter and the system's libraries alone, a private /tmp, a
/// system-call filter.
///
/// A program passes if and only if it runs to its end: an exception fails it, SystemExit too, and so do an
/// early exit and a crash. It is executed as human-eval's execution.py and the `code_eval` metric do: by
/// exec() in an empty namespace (`__name__` is "builtins"), stdin unreadable, and the same functions disabled
/// (exit, quit, os.remove, os.kill, subprocess.Popen, ...). Differences: their 3 seconds are wall-clock, ours
/// processor time; string hashes are the same in every run; programs find no network, no /proc and no program
/// to start.
///
/// The verdict comes from a token that the program is not given, so printing, exit codes and closed files do
/// not make a pass. A program that looks for the token in its interpreter (in the frame that runs it, say) can
/// cheat, as with every evaluation that runs the tests in the program's own interpreter; it cannot leave the
/// sandbox by that.
class Sandbox {
 public:
  /// Throws InputError, with what to do, where a sandbox cannot be built.
  explicit Sandbox(const SandboxSettings& settings = {});

  /// Thread-safe. Ends the program early (sandbox_error) once `*stop`. `sandbox_error` says that the machine
  /// failed, not the program; the start is tried three times before.
  [[nodiscard]] Execution run(const SandboxedProgram& program, const std::atomic<bool>* stop = nullptr) const;

  [[nodiscard]] const SandboxSettings& settings() const { return settings_; }
  /// "bubblewrap 0.8.0, Python 3.11.2 (/usr/bin/python3), system calls filtered"
  [[nodiscard]] const std::string& description() const { return description_; }

 private:
  friend SandboxProbe probe_sandbox(const SandboxSettings&);
  SandboxSettings settings_;
  std::vector<std::string> command_;  ///< bwrap with its arguments, the interpreter and the runner
  std::string description_;
};

/// Workers that run programs while the caller does something else. Destroying it ends what still runs;
/// futures of programs that never ran then throw std::future_error.
class ExecutionPool {
 public:
  /// 0 workers: half of the cores, 8 at most.
  explicit ExecutionPool(Sandbox sandbox, int workers = 0);
  ExecutionPool(const ExecutionPool&) = delete;
  ExecutionPool& operator=(const ExecutionPool&) = delete;
  ~ExecutionPool();

  [[nodiscard]] std::future<Execution> submit(SandboxedProgram program);
  [[nodiscard]] int workers() const { return static_cast<int>(threads_.size()); }

 private:
  struct Job {
    SandboxedProgram program;
    std::promise<Execution> promise;
  };
  void work();

  Sandbox sandbox_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace assay::eval
