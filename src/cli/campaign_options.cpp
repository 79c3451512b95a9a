#include "cli/campaign_options.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace assay::cli {
namespace {

std::string option_name(const char* setting) {
  std::string name = setting;
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

// No names mean all settings.
bool is_among(std::span<const std::string_view> names, const campaign::Setting& setting) {
  return names.empty() || std::ranges::find(names, std::string_view(setting.name)) != names.end();
}

}  // namespace

void add_setting_options(po::options_description& options, std::span<const std::string_view> names) {
  for (const campaign::Setting& setting : campaign::settings()) {
    if (!is_among(names, setting)) continue;
    const std::string name = option_name(setting.name);
    const std::string with_short = name == "output" ? "output,o" : name;
    if (*setting.placeholder == '\0') {
      options.add_options()(with_short.c_str(), po::bool_switch(), setting.help);
      continue;
    }
    auto* value = po::value<std::vector<std::string>>()->value_name(setting.placeholder);
    if (*setting.placeholder == '[') value->implicit_value({"true"}, "true");
    options.add_options()(with_short.c_str(), value, setting.help);
  }
}

void add_campaign_options(po::options_description& options, po::positional_options_description& positional) {
  options.add_options()(
      "campaign", po::value<std::string>()->value_name("FILE"),
      "campaign YAML; its keys are these options' names with underscores (also as the first plain word)");
  add_setting_options(options, {});
  positional.add("campaign", 1);
}

void read_setting_options(const po::variables_map& values, std::span<const std::string_view> names,
                          campaign::CampaignConfig& config) {
  for (const campaign::Setting& setting : campaign::settings()) {
    if (!is_among(names, setting)) continue;
    const std::string name = option_name(setting.name);
    if (values.count(name) == 0) continue;
    if (*setting.placeholder == '\0') {
      if (values[name].as<bool>()) setting.set(config, "true");
      continue;
    }
    const auto& given = values[name].as<std::vector<std::string>>();
    const std::string_view plain = setting.name;
    if (plain == "layers_per_stage") config.layers_per_stage.clear();
    // Lists add up; of anything else the last word counts, so that scripts can append their own.
    const bool adds_up = plain == "tasks" || plain == "category" || plain == "include_path";
    for (std::size_t i = adds_up ? 0 : given.size() - 1; i < given.size(); ++i) setting.set(config, given[i]);
  }
}

campaign::CampaignConfig read_campaign_options(const po::variables_map& values) {
  campaign::CampaignConfig config;
  if (const char* root = std::getenv("ASSAY_DATA_ROOT")) config.data_root = root;
  if (values.count("campaign") > 0)
    campaign::read_campaign_file(values["campaign"].as<std::string>(), config);
  // The command line replaces what the file names.
  if (values.count("tasks") > 0 || values.count("category") > 0) {
    config.tasks.clear();
    config.categories.clear();
  }
  read_setting_options(values, {}, config);
  return config;
}

}  // namespace assay::cli
