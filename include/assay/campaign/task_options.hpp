// From a campaign's settings to what the evaluation layer wants: which tasks, and how their samples are
// built.
#pragma once

#include "assay/campaign/config.hpp"
#include "assay/eval/task.hpp"
#include "assay/model/arch_spec.hpp"

namespace assay::campaign {

/// The tasks and groups that the campaign names. Throws InputError.
[[nodiscard]] eval::TaskSelection select_tasks(const CampaignConfig& config);

/// The chat template that the campaign asks for, if any. Throws InputError.
[[nodiscard]] std::optional<text::ChatTemplate> load_chat_template(const CampaignConfig& config);

/// How samples are built; `defaults` is what the model asks for where a task that generates says nothing.
/// Reads the chat template, if one is asked for, from the model directory. Throws InputError.
[[nodiscard]] eval::BuildOptions build_options(const CampaignConfig& config,
                                               const model::GenerationDefaults& defaults);

/// How requests are encoded; `max_length` in tokens.
[[nodiscard]] eval::EncodeOptions encode_options(const CampaignConfig& config, std::int64_t max_length);

}  // namespace assay::campaign
