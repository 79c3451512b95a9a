#include "eval/sandbox/child_process.hpp"

#include <fcntl.h>
#include <signal.h>  // NOLINT: POSIX signals
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "assay/util/error.hpp"

extern char** environ;

namespace assay::eval {
namespace {

constexpr int first_own_fd = 16;

[[noreturn]] void fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

// Takes `fd` over and renumbers it.
util::FileDescriptor out_of_the_way(int fd) {
  if (fd < 0) fail(errno, "open");
  const util::FileDescriptor old(fd);
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, first_own_fd);
  if (moved < 0) fail(errno, "fcntl");
  return util::FileDescriptor(moved);
}

class SpawnActions {
 public:
  explicit SpawnActions(const std::vector<std::pair<int, int>>& files) {
    ASSAY_CHECK(::posix_spawn_file_actions_init(&actions_) == 0);
    int highest = 2;
    for (const auto& [in_child, ours] : files) {
      ASSAY_CHECK(in_child < first_own_fd && ours >= first_own_fd);
      ASSAY_CHECK(::posix_spawn_file_actions_adddup2(&actions_, ours, in_child) == 0);
      highest = std::max(highest, in_child);
    }
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    // Libraries open files without close-on-exec; none of them is the sandbox's business.
    ASSAY_CHECK(::posix_spawn_file_actions_addclosefrom_np(&actions_, highest + 1) == 0);
#endif
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() {
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const {
    return &actions_;
  }

 private:
  posix_spawn_file_actions_t actions_{};
};

// Default signals, none blocked; a process group of its own, so that a terminal's Ctrl-C is ours to pass on.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    ASSAY_CHECK(::posix_spawnattr_init(&attributes_) == 0);
    sigset_t signals;
    sigemptyset(&signals);
    ASSAY_CHECK(::posix_spawnattr_setsigmask(&attributes_, &signals) == 0);
    for (const int signal :
         {SIGPIPE, SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGCHLD, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ})
      sigaddset(&signals, signal);
    ASSAY_CHECK(::posix_spawnattr_setsigdefault(&attributes_, &signals) == 0);
    ASSAY_CHECK(::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                             POSIX_SPAWN_SETPGROUP) == 0);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno, "pipe2");
  util::FileDescriptor second(ends[1]);  // owned while the first is renumbered
  util::FileDescriptor read_end = out_of_the_way(ends[0]);
  const int moved = ::fcntl(second.get(), F_DUPFD_CLOEXEC, first_own_fd);
  if (moved < 0) fail(errno, "fcntl");
  return {std::move(read_end), util::FileDescriptor(moved)};
}

util::FileDescriptor memory_file(const std::string& content) {
  util::FileDescriptor file = out_of_the_way(::memfd_create("assay", MFD_CLOEXEC));
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t n =
        ::pwrite(file.get(), content.data() + done, content.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno != EINTR) fail(errno, "write");
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  return file;
}

util::FileDescriptor empty_file() {
  return out_of_the_way(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

ChildProcess::ChildProcess(const std::vector<std::string>& command,
                           const std::vector<std::pair<int, int>>& files) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));  // NOLINT
  arguments.push_back(nullptr);
  const SpawnActions actions(files);
  const SpawnAttributes attributes;
  const int error =
      ::posix_spawnp(&pid_, arguments[0], actions.get(), attributes.get(), arguments.data(), environ);
  if (error != 0) {
    pid_ = -1;
    fail(error, "start");
  }
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  kill();
  wait();
}

void ChildProcess::kill() const {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

ChildEnd ChildProcess::wait() {
  ChildEnd end;
  int status = 0;
  pid_t result = 0;
  do {
    result = ::waitpid(pid_, &status, 0);
  } while (result < 0 && errno == EINTR);
  pid_ = -1;
  if (result < 0) return end;  // somebody else waits for all children: how it ended is not known
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}

std::size_t read_available(util::FileDescriptor& fd, std::string& text, std::size_t max_bytes) {
  const std::size_t before = text.size();
  text.resize(before + max_bytes);
  const ssize_t n = ::read(fd.get(), text.data() + before, max_bytes);
  const int error = errno;
  const std::size_t got = n > 0 ? static_cast<std::size_t>(n) : 0;
  text.resize(before + got);
  if (n == 0 || (n < 0 && error != EINTR && error != EAGAIN)) fd = util::FileDescriptor();
  return got;
}

}  // namespace assay::eval
