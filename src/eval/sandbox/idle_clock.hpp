// How long a program has been neither computing nor kept from it by the machine.
#pragma once

#include <sys/types.h>

#include <optional>

namespace assay::eval {

/// What the kernel says about a process.
struct ProcessTimes {
  double processor_seconds = 0;
  double busy_seconds =
      0;                ///< that its threads computed or waited for a core, waits that still last left out
  bool asleep = false;  ///< no thread computes, waits for a core or waits for a disk
  int threads = 0;
};

/// The first child of `parent`; nothing if there is none or the kernel does not say.
[[nodiscard]] std::optional<pid_t> first_child_of(pid_t parent);

/// Nothing if the process has ended or the kernel does not say. At most `max_threads` + 1 threads are looked
/// at.
[[nodiscard]] std::optional<ProcessTimes> process_times(pid_t pid, int max_threads);

/// Adds up the time that a process was idle, from samples. A loaded machine makes nobody idle: what passes is
/// settled only when the process is found asleep, when all its waits for a core have been counted; and time
/// in which the sampler itself did not get to run counts as one interval.
class IdleClock {
 public:
  explicit IdleClock(double interval_seconds) : interval_(interval_seconds) {}
  /// `now` in seconds on any monotonic clock.
  void sample(double now, const ProcessTimes& times);
  [[nodiscard]] double idle_seconds() const { return idle_; }

 private:
  double interval_;
  double last_now_ = -1;
  double settled_busy_ = 0;
  double unsettled_ = 0;  ///< seconds since the process was last found asleep
  double idle_ = 0;
};

}  // namespace assay::eval
