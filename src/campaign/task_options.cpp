#include "assay/campaign/task_options.hpp"

#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"

namespace assay::campaign {
namespace {

util::OrderedJson to_json(const model::GenerationDefaults& defaults) {
  util::OrderedJson json = util::OrderedJson::object();
  if (defaults.temperature) json["temperature"] = *defaults.temperature;
  if (defaults.top_k) json["top_k"] = *defaults.top_k;
  if (defaults.top_p) json["top_p"] = *defaults.top_p;
  if (defaults.repetition_penalty != 1) json["repetition_penalty"] = defaults.repetition_penalty;
  return json;
}

}  // namespace

eval::TaskSelection select_tasks(const CampaignConfig& config) {
  const eval::TaskCatalogue catalogue(task_search_path(config.task_folders));
  std::vector<std::string> names = config.tasks;
  for (const std::string& category : config.categories) {
    for (std::string& name : catalogue.in_category(category)) names.push_back(std::move(name));
  }
  eval::TaskSelection selection = catalogue.select(names);
  if (!eval::find_profile(config.profile).first_n_excludes_document) {
    for (eval::TaskConfig& task : selection.tasks) {
      if (task.fewshot.sampler == "first_n") task.fewshot.exclude_document = false;
    }
  }
  return selection;
}

eval::BuildOptions build_options(const CampaignConfig& config, const model::GenerationDefaults& defaults) {
  eval::BuildOptions options;
  options.data_root = config.data_root;
  options.limit = config.limit;
  options.num_fewshot = config.num_fewshot;
  options.fewshot_seed = config.fewshot_seed;
  options.sample_seed = config.sample_seed;
  options.gen_kwargs = parse_gen_kwargs(config.gen_kwargs);
  options.model_generation = to_json(defaults);
  options.system_instruction = config.system_instruction;
  options.fewshot_as_multiturn = config.fewshot_as_multiturn;
  return options;
}

eval::EncodeOptions encode_options(const CampaignConfig& config, std::int64_t max_length) {
  eval::EncodeOptions options{max_length, config.seed, config.add_bos_token};
  if (!options.add_bos_token && !eval::find_profile(config.profile).tokenizer_decides_bos)
    options.add_bos_token = false;
  return options;
}

}  // namespace assay::campaign
