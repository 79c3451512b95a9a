// What to evaluate: the settings of `assay run`, from the command line, a campaign YAML, or both.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "assay/eval/profile.hpp"
#include "assay/plan/deployment.hpp"
#include "assay/util/json.hpp"

namespace assay::campaign {

struct CampaignConfig {
  std::filesystem::path model;
  std::vector<std::string> tasks;       ///< names of tasks, groups or tags, patterns, or YAML files
  std::vector<std::string> categories;  ///< every task and group of these, beside `tasks`
  std::filesystem::path output;
  std::filesystem::path data_root;
  std::vector<std::filesystem::path> task_folders;  ///< searched before the shipped tasks

  plan::MeshRequest mesh;
  std::vector<std::int64_t> layers_per_stage;  ///< empty: even
  std::string dtype = "auto";

  std::int64_t limit = -1;  ///< documents a task; -1: all
  std::optional<int> num_fewshot;
  std::uint64_t fewshot_seed = 1234;
  std::optional<std::uint64_t> sample_seed;  ///< with limit: draw the documents by this seed
  std::string gen_kwargs;                    ///< "key=value,..."
  std::string chat_template;                 ///< empty: none; "true": the model's; else the name of one
  bool fewshot_as_multiturn = true;          ///< with a chat template: shots as turns of their own
  std::string system_instruction;
  std::optional<bool> add_bos_token;          ///< unset: as the profile and the model directory say
  std::string profile{eval::newest_profile};  ///< whose scores these are: a name of eval::profiles()
  bool allow_code_execution = false;          ///< run what the model wrote, in a sandbox
  std::string sandbox_python;                 ///< its interpreter; empty: python3 in PATH
  std::uint64_t seed = 0;                     ///< of sampled generations

  std::int64_t max_length = 0;  ///< tokens; 0: the model's
  std::int64_t batch_tokens = 512;
  std::int64_t max_sequences = 64;
  std::int64_t kv_cache_mib = 0;  ///< a rank; 0: automatic

  bool overwrite = false;  ///< discard an existing output and journal
  bool fail_fast = false;  ///< stop at the first task that fails
};

/// One setting: its name in YAML (the command line uses dashes), and how text sets it.
struct Setting {
  const char* name;
  const char* placeholder;  ///< empty for switches
  const char* help;
  void (*set)(CampaignConfig&, const std::string& value);
};
/// All settings in the order of `--help`. The command line and the YAML reader share this table.
[[nodiscard]] const std::vector<Setting>& settings();
/// By its YAML name; nullptr if there is none.
[[nodiscard]] const Setting* find_setting(std::string_view name);

/// Reads a campaign YAML over `config`; relative paths in it are relative to the file. Throws InputError with
/// file and line; an unknown key suggests the nearest.
void read_campaign_file(const std::filesystem::path& file, CampaignConfig& config);

/// Throws InputError if something needed is missing or out of range.
void check(const CampaignConfig& config);

/// The engine's settings for this campaign on `threads` threads a rank; max_length, 0 in the config, is the
/// model's. Throws InputError where the model or this machine cannot do what is asked.
[[nodiscard]] engine::EngineOptions engine_options(const CampaignConfig& config, const model::ArchSpec& spec,
                                                   int threads);

/// The whole configuration, defaults included, for the results file.
[[nodiscard]] util::OrderedJson to_json(const CampaignConfig& config);

/// "a=1,b=text,until=[\"x\"]" -> object; values are JSON where they parse, else text. Throws InputError.
[[nodiscard]] util::OrderedJson parse_gen_kwargs(const std::string& text);

/// Folders where task files are looked for: the config's own, then the shipped ones (ASSAY_CONFIG_DIR, the
/// installed share folder, or the source tree of a build).
[[nodiscard]] std::vector<std::filesystem::path> task_search_path(
    const std::vector<std::filesystem::path>& first);

}  // namespace assay::campaign
