// Monotonic time in seconds, and named phase timings.
#pragma once

#include <chrono>
#include <string>

namespace assay::util {

/// Seconds on a monotonic clock.
[[nodiscard]] inline double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Seconds since construction.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const { return now_seconds() - start_; }

 private:
  double start_ = now_seconds();
};

/// Seconds since this process was started (exec), by the kernel's record; resolution 10 ms. -1 if unknown.
[[nodiscard]] double process_age_seconds();

/// Wall time one rank spent in one named phase ("load", "compute", ...).
struct PhaseTiming {
  std::string phase;
  double seconds = 0;
};

}  // namespace assay::util
