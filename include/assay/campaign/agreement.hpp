// Failing together: what one rank throws, every rank throws, so that all leave by the same exit code and none
// waits in a collective for one that is gone.
#pragma once

#include <functional>

#include "assay/comm/communicator.hpp"

namespace assay::campaign {

/// Runs `work` on rank 0 only. If it throws, rank 0 rethrows and the others throw Error with the same exit
/// code and an empty message. Collective; the others wait for as long as it takes.
void on_rank_zero(comm::Communicator& world, const std::function<void()>& work);

/// Runs `work` on every rank. If any throws, all throw: rank 0 with the sentence of the lowest failing rank
/// (and its number and host where it is not rank 0), the others with an empty message. Collective; `work`
/// must not leave another rank waiting in a collective of its own.
void on_every_rank(comm::Communicator& world, const std::function<void()>& work);

}  // namespace assay::campaign
