#include "comm/backoff.hpp"

#include <sched.h>
#include <sys/prctl.h>

#include <algorithm>
#include <ctime>

namespace assay::comm {
namespace {

// Ranks that compute the same amount arrive within this. Spinning or yielding for longer uses up the
// scheduler's favour where others compute too: a rank that slept is put back on its core sooner.
constexpr double spin_seconds = 50e-6;
constexpr double yield_seconds_oversubscribed = 100e-6;  // the core is another rank's meanwhile
constexpr double shortest_sleep = 5e-6;
constexpr double longest_sleep = 1e-3;

// By default the kernel may wake a sleeper 50 us late, to save wake-ups.
void sleep_exactly() {
  thread_local const int result = ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  (void)result;  // refused: sleeps are only longer
}

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

void Backoff::pause() {
  waited_ = util::now_seconds() - start_;
  if (!oversubscribed_ && waited_ < spin_seconds) {
    relax();
  } else if (oversubscribed_ && waited_ < yield_seconds_oversubscribed) {
    sched_yield();
  } else {
    sleep_exactly();
    const double seconds = std::clamp(waited_ / 64, shortest_sleep, longest_sleep);
    const timespec duration{0, static_cast<long>(seconds * 1e9)};
    nanosleep(&duration, nullptr);
  }
}

}  // namespace assay::comm
