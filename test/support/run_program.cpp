#include "support/run_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT: POSIX signals
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <stdexcept>

extern char** environ;

namespace assay::test {
namespace {

constexpr double exit_grace_seconds = 2;  // a grandchild may keep the pipes open after the program's end

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
  return ends;
}

void close_end(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

std::vector<std::string> environment_of(const ProgramOptions& options) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& name : options.unset) variables.erase(name);
  for (const auto& [name, value] : options.environment) variables[name] = value;
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Reads what is there; closes at the end of the stream.
void drain(int& fd, std::string& text) {
  std::array<char, 1 << 16> part{};
  const ssize_t n = ::read(fd, part.data(), part.size());
  if (n > 0) text.append(part.data(), static_cast<std::size_t>(n));
  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) close_end(fd);
}

}  // namespace

Program::Program(std::vector<std::string> arguments, const ProgramOptions& options)
    : input_(options.input), deadline_(now() + options.timeout_seconds), start_(now()) {
  ::signal(SIGPIPE, SIG_IGN);  // a program may end before it has read its input
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  auto failure = make_pipe();  // carries errno back if exec fails
  std::vector<std::string> environment = environment_of(options);
  const std::vector<char*> argv = pointers_to(arguments);
  const std::vector<char*> envp = pointers_to(environment);
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {  // only async-signal-safe calls from here to exec
    ::setpgid(0, 0);
    ::signal(SIGPIPE, SIG_DFL);
    const bool redirected = ::dup2(in[0], 0) >= 0 && ::dup2(out[1], 1) >= 0 && ::dup2(err[1], 2) >= 0;
    if (redirected && (options.folder.empty() || ::chdir(options.folder.c_str()) == 0)) {
      ::execvpe(argv[0], argv.data(), envp.data());
    }
    const int reason = errno;
    const ssize_t ignored = ::write(failure[1], &reason, sizeof(reason));
    ::_exit(ignored == 0 ? 126 : 127);
  }
  ::setpgid(pid_, pid_);  // in both processes: whoever comes first
  ::close(in[0]);
  ::close(out[1]);
  ::close(err[1]);
  ::close(failure[1]);
  in_ = in[1];
  out_ = out[0];
  err_ = err[0];
  ::fcntl(in_, F_SETFL, O_NONBLOCK);
  int reason = 0;
  const ssize_t told = ::read(failure[0], &reason, sizeof(reason));
  ::close(failure[0]);
  if (told > 0) {
    reap(true);
    for (int* fd : {&in_, &out_, &err_}) close_end(*fd);
    errno = reason;
    fail("cannot run " + arguments[0]);
  }
}

Program::~Program() {
  kill_group(SIGKILL);
  reap(true);
  for (int* fd : {&in_, &out_, &err_}) close_end(*fd);
}

void Program::kill(int signal) const {
  if (!ended_) ::kill(pid_, signal);
}

void Program::kill_group(int signal) const {
  ::kill(-pid_, signal);
}

bool Program::reap(bool block) {
  while (!ended_) {
    const pid_t result = ::waitpid(pid_, &status_, block ? 0 : WNOHANG);
    if (result == pid_ || (result < 0 && errno != EINTR)) ended_ = true;
    if (result == 0) break;
  }
  return ended_;
}

void Program::feed() {
  const ssize_t n = ::write(in_, input_.data(), input_.size());
  if (n > 0) input_.erase(0, static_cast<std::size_t>(n));
  if (n < 0 && errno != EAGAIN && errno != EINTR) input_.clear();
}

// Moves bytes for up to `seconds`; false once both outputs are closed.
bool Program::pump(double seconds) {
  if (in_ >= 0 && input_.empty()) close_end(in_);
  std::array<pollfd, 3> fds{{{out_, POLLIN, 0}, {err_, POLLIN, 0}, {in_, POLLOUT, 0}}};
  if (out_ < 0 && err_ < 0) return false;
  ::poll(fds.data(), fds.size(), static_cast<int>(std::max(0.0, seconds) * 1e3));
  if (fds[0].revents != 0) drain(out_, out_text_);
  if (fds[1].revents != 0) drain(err_, err_text_);
  if (fds[2].revents != 0) feed();
  return true;
}

bool Program::wait_for(const std::string& text, double seconds) {
  const double until = now() + seconds;
  while (true) {
    if (out_text_.find(text) != std::string::npos || err_text_.find(text) != std::string::npos) return true;
    if (now() >= until || !pump(std::min(0.1, until - now()))) return false;
  }
}

ProgramResult Program::wait() {
  bool timed_out = false;
  double give_up = deadline_;
  bool seen_end = false;
  while (pump(0.05)) {
    if (!seen_end && reap(false)) {
      seen_end = true;
      give_up = std::min(give_up, now() + exit_grace_seconds);
    }
    if (now() < give_up) continue;
    timed_out = !seen_end;
    break;
  }
  // Its outputs may be closed long before it ends.
  while (!timed_out && !reap(false)) {
    timed_out = now() >= deadline_;
    ::poll(nullptr, 0, 5);
  }
  if (timed_out) kill_group(SIGKILL);
  reap(true);
  while (timed_out && pump(0.01) && now() < deadline_ + exit_grace_seconds) {
  }
  ProgramResult result{.timed_out = timed_out, .out = out_text_, .err = err_text_, .seconds = now() - start_};
  if (WIFEXITED(status_)) result.exit_code = WEXITSTATUS(status_);
  if (WIFSIGNALED(status_)) result.signal = WTERMSIG(status_);
  return result;
}

ProgramResult run_program(std::vector<std::string> arguments, const ProgramOptions& options) {
  return Program(std::move(arguments), options).wait();
}

}  // namespace assay::test
