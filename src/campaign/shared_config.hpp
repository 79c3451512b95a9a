// One configuration for all ranks: what rank 0 read and checked.
#pragma once

#include "assay/campaign/config.hpp"
#include "assay/comm/communicator.hpp"

namespace assay::campaign {

/// Checks `given` on rank 0, which alone needs the campaign file, the environment and the data root, and
/// returns it on every rank (`given` of the others is not looked at); paths are absolute on the others, which
/// may run in another folder. A job that SLURM has started again resumes what it has, whatever --overwrite
/// says. Collective; throws comm::AgreedError, or InputError in a group of one.
[[nodiscard]] CampaignConfig share_config(const CampaignConfig& given, comm::Communicator& world);

/// How often SLURM has started this job again (SLURM_RESTART_COUNT); 0 outside SLURM.
[[nodiscard]] int slurm_restarts();

}  // namespace assay::campaign
