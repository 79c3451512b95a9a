#include "comm/backoff.hpp"

#include <sched.h>

#include <algorithm>
#include <ctime>

namespace assay::comm {
namespace {

// Longer than any collective of a decode step: a yield may cost a scheduler's slice where others compute too.
constexpr double spin_seconds = 2e-3;
constexpr double yield_seconds = 5e-3;
constexpr double yield_seconds_oversubscribed = 300e-6;
constexpr double shortest_sleep = 20e-6;
constexpr double longest_sleep = 1e-3;

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
  } else if (waited_ < (oversubscribed_ ? yield_seconds_oversubscribed : yield_seconds)) {
    sched_yield();
  } else {
    const double seconds = std::clamp(waited_ / 64, shortest_sleep, longest_sleep);
    const timespec duration{0, static_cast<long>(seconds * 1e9)};
    nanosleep(&duration, nullptr);
  }
}

}  // namespace assay::comm
