// Wall time of one rank by phase.
#pragma once

#include <utility>
#include <vector>

#include "assay/util/clock.hpp"

namespace assay::engine {

struct PhaseClock {
  double load = 0;
  double compute = 0;
  double communicate = 0;  ///< collectives of the tensor group and sending
  double wait = 0;         ///< for a plan, a previous stage or results

  /// Runs `work` and adds its time to `phase`.
  template <class Work>
  static decltype(auto) measure(double& phase, Work&& work) {
    struct Add {
      double& sum;
      util::Stopwatch watch;
      ~Add() { sum += watch.seconds(); }
    } add{phase, {}};
    return std::forward<Work>(work)();
  }

  [[nodiscard]] std::vector<util::PhaseTiming> timings() const {
    return {{"load", load}, {"compute", compute}, {"communicate", communicate}, {"wait", wait}};
  }
};

}  // namespace assay::engine
