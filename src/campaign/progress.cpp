#include "campaign/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "assay/util/log.hpp"

namespace assay::campaign {
namespace {

constexpr double terminal_interval = 0.1;  // seconds between redraws of the bar
constexpr double plain_interval = 10.0;    // seconds between lines in a log file
constexpr int bar_width = 30;

}  // namespace

Progress::Progress(std::int64_t total, std::int64_t done)
    : total_(total), done_(done), resumed_(done), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  clear();
}

void Progress::start() {
  if (!started_) watch_ = util::Stopwatch();
  started_ = true;
}

void Progress::clear() {
  if (bar_shown_) std::fputs("\r\033[K", stderr);
  bar_shown_ = false;
}

void Progress::advance(const std::string& task) {
  ++done_;
  const double now = watch_.seconds();
  if (now - last_print_ < (terminal_ ? terminal_interval : plain_interval) && done_ < total_) return;
  if (done_ == total_ && !terminal_ && now < plain_interval) return;  // short runs: the table says it all
  last_print_ = now;
  print(task);
}

void Progress::print(const std::string& task) {
  const double rate = static_cast<double>(done_ - resumed_) / std::max(1e-9, watch_.seconds());
  const auto left = static_cast<std::int64_t>(static_cast<double>(total_ - done_) / std::max(1e-9, rate));
  const std::string line = fmt::format("{}/{} requests, {:.1f}/s, {}:{:02}:{:02} left, {}", done_, total_,
                                       rate, left / 3600, left / 60 % 60, left % 60, task);
  if (!terminal_) {
    util::log_info("{}", line);
    return;
  }
  const int filled = static_cast<int>(bar_width * done_ / std::max<std::int64_t>(1, total_));
  const std::string text =
      fmt::format("\r\033[K[{:<{}}] {}", std::string(static_cast<std::size_t>(filled), '#'), bar_width, line);
  std::fputs(text.c_str(), stderr);
  bar_shown_ = true;
}

}  // namespace assay::campaign
