#include "eval/sandbox/sandbox_run.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>  // NOLINT: POSIX signals
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "assay/util/clock.hpp"
#include "assay/util/error.hpp"
#include "assay/util/utf8.hpp"
#include "eval/sandbox/bubblewrap.hpp"
#include "eval/sandbox/runner.hpp"
#include "eval/sandbox/seccomp_filter.hpp"

namespace assay::eval {
namespace {

constexpr double sample_seconds = 0.1;
constexpr std::size_t kept_error_bytes = 4096;
constexpr std::size_t max_report_bytes = 1 << 14;
constexpr std::size_t max_message_bytes = 300;
constexpr long pidfd_send_signal_call = 424;  // numbers common to all architectures
constexpr long pidfd_open_call = 434;

std::string random_token() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    util::fail_errno("getrandom");
  std::string token;
  for (const unsigned char byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

// Since Linux 5.14 a user namespace counts its own processes against RLIMIT_NPROC; before, all those of the
// user were counted, so that what else he runs would decide how many threads a program gets.
bool kernel_counts_per_namespace() {
  utsname name{};
  int major = 0;
  int minor = 0;
  if (::uname(&name) != 0 || std::sscanf(name.release, "%d.%d", &major, &minor) != 2) return false;
  return major > 5 || (major == 5 && minor >= 14);
}

// One line of at most max_message_bytes; what is not printable becomes a question mark.
std::string as_message(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  std::string line(text.substr(text.rfind('\n') + 1));
  if (line.size() > max_message_bytes) {
    line.resize(max_message_bytes);
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0x80) line.pop_back();
    if (!line.empty() && static_cast<unsigned char>(line.back()) >= 0xC0) line.pop_back();
    line += "...";
  }
  for (char& letter : line)
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = '?';
  return line;
}

// {"child-pid": 123, ...}; -1 if it is not there.
pid_t child_pid_of(const std::string& info) {
  const std::size_t key = info.find("\"child-pid\"");
  if (key == std::string::npos || info.find('}', key) == std::string::npos) return -1;
  const std::size_t digits = info.find_first_of("0123456789", key);
  return digits == std::string::npos ? -1
                                     : static_cast<pid_t>(std::strtol(info.c_str() + digits, nullptr, 10));
}

struct Report {
  Verdict verdict = Verdict::failed;
  double cpu_seconds = 0;
  std::string_view message;
};

// "<token> <microseconds> <verdict> <message>"; nothing if it is not that, which only a program can bring
// about.
std::optional<Report> parse_report(std::string_view text, const std::string& token) {
  if (!text.starts_with(token + " ")) return {};
  text.remove_prefix(token.size() + 1);
  const std::size_t first = text.find(' ');
  if (first == std::string_view::npos) return {};
  const std::size_t second = text.find(' ', first + 1);
  if (second == std::string_view::npos) return {};
  Report report{.cpu_seconds = std::strtod(std::string(text.substr(0, first)).c_str(), nullptr) * 1e-6,
                .message = text.substr(second + 1)};
  report.message = report.message.substr(0, report.message.find('\n'));
  const std::string_view verdict = text.substr(first + 1, second - first - 1);
  if (verdict == "passed") report.verdict = Verdict::passed;
  if (verdict == "memory") report.verdict = Verdict::out_of_memory;
  return report;
}

std::string signal_name(int signal) {
  const char* text = ::strsignal(signal);  // of a standard signal: a constant
  return fmt::format("signal {} ({})", signal, text == nullptr ? "?" : text);
}

}  // namespace

SandboxRun::SandboxRun(const SandboxSettings& settings, const std::vector<std::string>& command,
                       const SandboxedProgram& program)
    : settings_(settings),
      keep_output_(program.input.has_value()),
      token_(random_token()),
      start_(util::now_seconds()),
      next_sample_(start_ + sample_seconds),
      idle_(2 * sample_seconds),
      child_([&] {
        const int threads = kernel_counts_per_namespace() ? settings.threads : -1;
        const util::FileDescriptor in = program.input ? memory_file(*program.input) : empty_file();
        const util::FileDescriptor request = memory_file(runner_request(settings, program, token_, threads));
        const util::FileDescriptor filter = memory_file(seccomp_filter());
        std::vector<std::pair<int, int>> files = {{0, in.get()},
                                                  {1, out_.write_end.get()},
                                                  {2, err_.write_end.get()},
                                                  {request_fd, request.get()},
                                                  {report_fd, report_.write_end.get()},
                                                  {info_fd, info_.write_end.get()}};
        if (seccomp_filter_known()) files.emplace_back(seccomp_fd, filter.get());
        return ChildProcess(command, files);
      }()) {
  for (Pipe* pipe : {&out_, &err_, &report_, &info_}) pipe->write_end = util::FileDescriptor();
}

Execution SandboxRun::follow(const std::atomic<bool>* stop) {
  // bubblewrap holds stdout and stderr itself, so that these end when it does, after the last process of the
  // sandbox.
  while (out_.read_end.valid() || err_.read_end.valid()) {
    read_outputs(sample_seconds);
    if (output_bytes_ > settings_.output_bytes) end(Ended::output);
    if (stop != nullptr && *stop) end(Ended::stopped);
    if (util::now_seconds() >= next_sample_) sample();
  }
  while (report_.read_end.valid() && report_text_.size() < max_report_bytes)
    read_available(report_.read_end, report_text_);
  const ChildEnd child = child_.wait();
  wait_for_first_process();
  Execution execution = verdict(child);
  execution.wall_seconds = util::now_seconds() - start_;
  return execution;
}

void SandboxRun::read_outputs(double seconds) {
  std::array<pollfd, 4> events{{{out_.read_end.get(), POLLIN, 0},
                                {err_.read_end.get(), POLLIN, 0},
                                {report_.read_end.get(), POLLIN, 0},
                                {info_.read_end.get(), POLLIN, 0}}};
  if (::poll(events.data(), events.size(), static_cast<int>(seconds * 1e3)) <= 0) return;
  if (events[0].revents != 0) {
    output_bytes_ += read_available(out_.read_end, output_);
    if (!keep_output_ || output_.size() > settings_.output_bytes) output_.clear();
  }
  if (events[1].revents != 0) {
    output_bytes_ += read_available(err_.read_end, errors_);
    if (errors_.size() > kept_error_bytes) errors_.erase(0, errors_.size() - kept_error_bytes);
  }
  if (events[2].revents != 0) {
    output_bytes_ += read_available(report_.read_end, report_text_);
    if (report_text_.size() > max_report_bytes) report_text_.resize(max_report_bytes);
  }
  if (events[3].revents != 0) {
    read_available(info_.read_end, info_text_, 4096);
    if (first_pid_ < 0) {
      first_pid_ = child_pid_of(info_text_);
      if (first_pid_ > 0)
        first_process_ = util::FileDescriptor(static_cast<int>(::syscall(pidfd_open_call, first_pid_, 0)));
    }
  }
}

void SandboxRun::sample() {
  const double now = util::now_seconds();
  next_sample_ = now + sample_seconds;
  if (now - start_ > settings_.wall_seconds) end(Ended::wall);
  if (first_pid_ < 0 || !started() || ended_ != Ended::by_itself) return;
  const std::optional<pid_t> program = first_child_of(first_pid_);
  const std::optional<ProcessTimes> times =
      program ? process_times(*program, settings_.threads) : std::optional<ProcessTimes>();
  if (!times) return;
  times_known_ = true;
  cpu_seconds_ = times->processor_seconds;
  idle_.sample(now, *times);
  if (times->threads > settings_.threads) end(Ended::threads);
  if (idle_.idle_seconds() > settings_.idle_seconds) end(Ended::idle);
}

// The sandbox's first process takes all others with it, and bubblewrap then adds up what they used. Killing
// bubblewrap ends them too, by --die-with-parent.
void SandboxRun::end(Ended reason) {
  if (ended_ == Ended::by_itself) ended_ = reason;
  const bool sent = first_process_.valid() &&
                    ::syscall(pidfd_send_signal_call, first_process_.get(), SIGKILL, nullptr, 0) == 0;
  if (!sent) child_.kill();
}

// bubblewrap may end a moment before the sandbox's first process, which ends after all others.
void SandboxRun::wait_for_first_process() const {
  constexpr int patience_ms = 5000;
  pollfd event{first_process_.get(), POLLIN, 0};
  if (first_process_.valid()) ::poll(&event, 1, patience_ms);
}

bool SandboxRun::started() const {
  return !report_text_.empty() && report_text_.front() == runner_ready;
}

Execution SandboxRun::verdict(const ChildEnd& child) const {
  Execution execution;
  const std::optional<Report> report =
      parse_report(std::string_view(report_text_).substr(started() ? 1 : 0), token_);
  if (ended_ != Ended::by_itself) {
    execution = ended_by_us();
  } else if (!started()) {
    execution.message = errors_.empty() ? fmt::format("bubblewrap ended with exit code {}", child.exit_code)
                                        : as_message(errors_);
  } else if (!report) {
    execution = without_report(child);
  } else {
    execution = {.verdict = report->verdict, .message = as_message(report->message)};
  }
  execution.cpu_seconds = report ? report->cpu_seconds : std::max(cpu_seconds_, execution.cpu_seconds);
  if (keep_output_) execution.output = output_;
  return execution;
}

Execution SandboxRun::ended_by_us() const {
  switch (ended_) {
    case Ended::output:
      return {.verdict = Verdict::output_limit,
              .message = fmt::format("it wrote more than {} bytes", settings_.output_bytes)};
    case Ended::threads:
      return {.verdict = Verdict::killed,
              .message = fmt::format("it had more than {} threads", settings_.threads)};
    case Ended::idle:
      return {.verdict = Verdict::timed_out,
              .message = fmt::format("asleep or blocked for more than {:g} s", settings_.idle_seconds)};
    case Ended::wall:
      // Where its times are known it was neither idle nor computing: the machine did not let it run.
      return {.verdict = times_known_ || !started() ? Verdict::sandbox_error : Verdict::timed_out,
              .message = fmt::format("no end after {:g} s of wall-clock time", settings_.wall_seconds)};
    default:
      return {.message = "stopped"};
  }
}

// It ended before its end: killed, crashed, or by an exit that no exception announced.
Execution SandboxRun::without_report(const ChildEnd& child) const {
  if (child.signal != 0)
    return {.message = fmt::format("bubblewrap was ended by {}", signal_name(child.signal))};
  constexpr int signal_base = 128;  // bubblewrap's exit code for a program that a signal ended
  const int signal = child.exit_code > signal_base ? child.exit_code - signal_base : 0;
  // The kernel sends SIGXCPU at the limit, and SIGKILL one second later to a program that does not heed it.
  if (signal == SIGXCPU || (signal == SIGKILL && cpu_seconds_ > settings_.cpu_seconds))
    return {.verdict = Verdict::timed_out,
            .message = fmt::format("{} s of processor time used up", settings_.cpu_seconds),
            .cpu_seconds = static_cast<double>(settings_.cpu_seconds)};
  if (signal > 0 && signal < NSIG)
    return {.verdict = Verdict::killed, .message = fmt::format("ended by {}", signal_name(signal))};
  return {.verdict = Verdict::failed,
          .message = fmt::format("left with exit code {} before its end", child.exit_code)};
}

}  // namespace assay::eval
