// Starts a program without copying this process, and follows it: outputs with a limit, a way to end it, what
// it used.
#pragma once

#include <sys/types.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "assay/util/files.hpp"

namespace assay::eval {

/// A pipe, closed on exec, its ends numbered 16 or higher so that they stay clear of a child's own numbers.
struct Pipe {
  util::FileDescriptor read_end;
  util::FileDescriptor write_end;
};
[[nodiscard]] Pipe make_pipe();

/// A file in memory with this content, to be read from its start; numbered and closed as a pipe's ends.
[[nodiscard]] util::FileDescriptor memory_file(const std::string& content);

/// /dev/null for reading.
[[nodiscard]] util::FileDescriptor empty_file();

/// How a child ended.
struct ChildEnd {
  int exit_code = -1;  ///< -1 if a signal ended it
  int signal = 0;
};

/// A child process in a process group of its own, started by posix_spawn. Killed and waited for by the
/// destructor.
class ChildProcess {
 public:
  /// `command[0]` is looked up in PATH. The child sees exactly `files`: {number in the child, our
  /// descriptor}. Throws std::system_error if it cannot be started.
  ChildProcess(const std::vector<std::string>& command, const std::vector<std::pair<int, int>>& files);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  void kill() const;
  /// Waits for its end.
  ChildEnd wait();

 private:
  pid_t pid_ = -1;
};

/// Reads what is there, up to `max_bytes` at once, and closes the descriptor at the end of the stream.
/// Returns the number of bytes read.
std::size_t read_available(util::FileDescriptor& fd, std::string& text, std::size_t max_bytes = 1 << 16);

}  // namespace assay::eval
