#include "eval/sandbox/idle_clock.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace assay::eval {
namespace {

namespace fs = std::filesystem;

// Some fields of /proc/<pid>/stat and of /proc/<pid>/task/<tid>/stat (proc(5)).
struct Stat {
  char state = 0;  ///< field 3
  double processor_seconds =
      0;  ///< fields 14 and 15: of a process, ended threads included; in whole clock ticks
};

std::optional<Stat> read_stat(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return {};
  const std::size_t name_end = line.rfind(')');  // the name before it may hold anything
  if (name_end == std::string::npos || name_end + 2 >= line.size()) return {};
  Stat stat{.state = line[name_end + 2]};
  double ticks = 0;
  std::size_t begin = name_end + 2;
  for (int field = 3; field <= 15; ++field) {
    if (begin >= line.size()) return {};
    if (field >= 14) ticks += std::strtod(line.c_str() + begin, nullptr);
    begin = std::min(line.find(' ', begin), line.size()) + 1;
  }
  stat.processor_seconds = ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return stat;
}

}  // namespace

std::optional<pid_t> first_child_of(pid_t parent) {
  std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", parent));
  pid_t child = 0;
  if (file >> child) return child;
  return {};
}

std::optional<ProcessTimes> process_times(pid_t pid, int max_threads) {
  const fs::path folder = fmt::format("/proc/{}", pid);
  const std::optional<Stat> whole = read_stat(folder / "stat");
  if (!whole) return {};
  ProcessTimes times{.processor_seconds = whole->processor_seconds, .asleep = true};
  double scheduled = 0;  // nanoseconds that threads ran, and waited in a run queue
  std::error_code error;
  for (auto task = fs::directory_iterator(folder / "task", error);
       !error && task != fs::directory_iterator() && times.threads <= max_threads; task.increment(error)) {
    ++times.threads;
    const std::optional<Stat> thread = read_stat(task->path() / "stat");
    if (thread && (thread->state == 'R' || thread->state == 'D')) times.asleep = false;
    std::ifstream file(task->path() / "schedstat");
    double ran = 0;
    double waited = 0;
    if (file >> ran >> waited) scheduled += ran + waited;
  }
  if (times.threads == 0 || scheduled == 0) return {};
  times.busy_seconds = std::max(times.processor_seconds, scheduled * 1e-9);
  return times;
}

void IdleClock::sample(double now, const ProcessTimes& times) {
  if (last_now_ < 0) {
    settled_busy_ = times.busy_seconds;
  } else {
    unsettled_ += std::min(now - last_now_, interval_);
  }
  last_now_ = now;
  if (!times.asleep) return;
  idle_ += std::max(0.0, unsettled_ - std::max(0.0, times.busy_seconds - settled_busy_));
  unsettled_ = 0;
  settled_busy_ = times.busy_seconds;
}

}  // namespace assay::eval
