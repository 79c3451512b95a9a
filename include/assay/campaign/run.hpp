// The main job: all tasks of a campaign through one loaded model, into one results file.
#pragma once

#include "assay/campaign/config.hpp"
#include "assay/comm/communicator.hpp"
#include "assay/util/error.hpp"

namespace assay::campaign {

/// Runs the campaign on all ranks of `world` (collective) and returns the process's exit code. `config` is
/// rank 0's; the others get it from there and need of its paths only the model. Rank 0 reads tasks and data,
/// journals every finished request, writes the results file and reports. Resumes from the output's journal.
/// Throws comm::AgreedError for what all ranks know of, else this rank's own failure.
[[nodiscard]] util::ExitCode run_campaign(const CampaignConfig& config, comm::Communicator& world);

}  // namespace assay::campaign
