// Which cores a rank computes on.
#pragma once

#include "assay/comm/communicator.hpp"

namespace assay::comm {

/// Gives this rank its share of the host's cores: the cores the process may use, divided among the ranks on
/// the host that may use the same ones, pinned unless the launcher pinned already. Collective over `world`.
/// Returns the number of threads to compute with, >= 1. ASSAY_THREADS overrides the number (no pinning then).
[[nodiscard]] int bind_to_cores(Communicator& world);

}  // namespace assay::comm
