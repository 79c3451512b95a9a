// All ranks of a group learn whether a step that each did alone succeeded everywhere.
#pragma once

#include <functional>

#include "assay/comm/communicator.hpp"

namespace assay::engine {

/// Runs `work` on this rank, then agrees with the group: if it threw on any rank, every rank throws an Error
/// with the first failing rank's message and exit code. Collective, also when `work` throws.
void run_together(comm::Communicator& group, const std::function<void()>& work);

}  // namespace assay::engine
