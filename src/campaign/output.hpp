// The output of a campaign: what may be written where, what is continued, and what is refused.
#pragma once

#include <memory>
#include <string>

#include "assay/campaign/config.hpp"
#include "assay/results/journal.hpp"
#include "campaign/preparation.hpp"

namespace assay::campaign {

/// Refuses an output that cannot be, before time is spent on tasks and data. Removes nothing. Waits a few
/// seconds for a run that is leaving.
void check_output(const CampaignConfig& config);

/// A file holds one campaign's tasks: refuses to drop those of another that is there already.
void check_tasks_kept(const CampaignConfig& config, const Preparation& preparation);

/// Opens the output's journal, emptied with --overwrite. Throws InputError if it was recorded by a run of
/// another identity (see journal_identity).
[[nodiscard]] std::unique_ptr<results::Journal> open_journal(const CampaignConfig& config,
                                                             const std::string& identity);

}  // namespace assay::campaign
