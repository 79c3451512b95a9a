// How a wait loop spends its time between two looks: short waits stay fast, long ones leave the core to
// others.
#pragma once

#include "assay/util/clock.hpp"

namespace assay::comm {

/// Spins for the first microseconds, or yields where ranks outnumber cores, then sleeps for a fraction of the
/// time already waited, so that the delay it adds stays a few per cent of the wait.
class Backoff {
 public:
  explicit Backoff(bool oversubscribed) : oversubscribed_(oversubscribed) {}
  /// One pause between two looks.
  void pause();
  /// Seconds since construction, as of the last pause.
  [[nodiscard]] double waited() const { return waited_; }

 private:
  bool oversubscribed_;
  double start_ = util::now_seconds();
  double waited_ = 0;
};

}  // namespace assay::comm
