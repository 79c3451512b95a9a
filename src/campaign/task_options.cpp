#include "assay/campaign/task_options.hpp"

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "assay/util/log.hpp"

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

// As lm-eval does: a template that refuses a system message gets the conversation without it.
text::RenderedText render_chat(const text::ChatTemplate& chat, const std::vector<text::ChatMessage>& turns,
                               bool add_generation_prompt) {
  const auto ending =
      add_generation_prompt ? text::ChatEnding::generation_prompt : text::ChatEnding::continue_final_message;
  try {
    return chat.render(turns, ending);
  } catch (const util::InputError& error) {
    std::vector<text::ChatMessage> others = turns;
    std::erase_if(others, [](const text::ChatMessage& turn) { return turn.role == "system"; });
    if (others.size() == turns.size() || others.empty()) throw;
    static std::once_flag once;
    std::call_once(once, [&] {
      util::log_warning("the chat template takes no system message ({}): system texts are left out",
                        error.what());
    });
    return chat.render(others, ending);
  }
}

}  // namespace

std::optional<text::ChatTemplate> load_chat_template(const CampaignConfig& config) {
  if (config.chat_template.empty()) return std::nullopt;
  util::check_input(!config.model.empty(), "--apply-chat-template needs --model, which has the template");
  std::optional<std::string> name;
  if (config.chat_template != "true") name = config.chat_template;
  auto chat = text::ChatTemplate::load(config.model, name);
  util::check_input(chat.has_value(),
                    "the model directory {} has no chat template; leave --apply-chat-template out",
                    config.model.string());
  return chat;
}

eval::TaskSelection select_tasks(const CampaignConfig& config) {
  const eval::TaskCatalogue catalogue(task_search_path(config.task_folders));
  std::vector<std::string> names = config.tasks;
  for (const std::string& category : config.categories) {
    for (std::string& name : catalogue.in_category(category)) names.push_back(std::move(name));
  }
  return catalogue.select(names);
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
  if (auto chat = load_chat_template(config)) {
    options.chat = [shared = std::make_shared<const text::ChatTemplate>(std::move(*chat))](
                       const std::vector<text::ChatMessage>& turns, bool add_generation_prompt) {
      return render_chat(*shared, turns, add_generation_prompt);
    };
  }
  return options;
}

eval::EncodeOptions encode_options(const CampaignConfig& config, std::int64_t max_length) {
  eval::EncodeOptions options{max_length, config.seed, config.add_bos_token};
  if (!options.add_bos_token && !eval::find_profile(config.profile).tokenizer_decides_bos)
    options.add_bos_token = false;
  return options;
}

}  // namespace assay::campaign
