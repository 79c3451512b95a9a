// Which cores a rank computes on.
#pragma once

#include "assay/comm/communicator.hpp"

namespace assay::comm {

/// ASSAY_THREADS of this rank's environment, or 0. Throws InputError if it is not a number of threads.
[[nodiscard]] int threads_from_environment();

/// Gives this rank its share of the host's cores: the cores the process may use, divided among the ranks on
/// the host that may use the same ones, pinned unless the launcher pinned already. Collective over `world`.
/// Returns the number of threads to compute with, >= 1. A `wanted` above 0 overrides the number on this rank
/// (no pinning then); ranks may differ in it.
[[nodiscard]] int bind_to_cores(Communicator& world, int wanted);

}  // namespace assay::comm
