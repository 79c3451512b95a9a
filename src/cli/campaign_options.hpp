// The options that describe a campaign, shared by `run` and `plan`.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assay/campaign/config.hpp"
#include "cli/arguments.hpp"

namespace assay::cli {

/// Adds one option for each of these campaign settings (names as in the YAML); all if there are none.
void add_setting_options(po::options_description& options, std::span<const std::string_view> names);
/// The options of add_setting_options(), with the same names, over `config`.
void read_setting_options(const po::variables_map& values, std::span<const std::string_view> names,
                          campaign::CampaignConfig& config);

/// Adds one option for every campaign setting, and the positional campaign file.
void add_campaign_options(po::options_description& options, po::positional_options_description& positional);

/// The campaign file, if one is named, with the options of the command line over it.
[[nodiscard]] campaign::CampaignConfig read_campaign_options(const po::variables_map& values);

}  // namespace assay::cli
