// Wall times of every rank, for the results file.
#pragma once

#include <vector>

#include "assay/comm/communicator.hpp"
#include "assay/engine/engine.hpp"
#include "assay/results/results_file.hpp"
#include "assay/util/clock.hpp"

namespace assay::campaign {

/// This rank's: `phases` and those of the engine, which may be null.
[[nodiscard]] results::RankTiming timing_of(comm::Communicator& world, const engine::Engine* engine,
                                            std::vector<util::PhaseTiming> phases);

/// All ranks' on rank 0, in rank order; empty elsewhere. Collective.
[[nodiscard]] std::vector<results::RankTiming> gather_timings(comm::Communicator& world,
                                                              const results::RankTiming& mine);

}  // namespace assay::campaign
