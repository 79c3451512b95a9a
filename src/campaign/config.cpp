#include "assay/campaign/config.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "assay/util/error.hpp"
#include "assay/util/suggest.hpp"
#include "assay/util/yaml.hpp"

namespace assay::campaign {
namespace {

template <class T>
T parse_number(const std::string& text, const char* name, T low, T high) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  util::check_input(error == std::errc() && end == text.data() + text.size() && value >= low && value <= high,
                    "{} is \"{}\"; give a whole number from {} to {}", name, text, low, high);
  return value;
}

// What YAML 1.1 and people write for true and false.
std::optional<bool> as_switch(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  return std::nullopt;
}

bool parse_switch(const std::string& text, const char* name) {
  const auto value = as_switch(text);
  util::check_input(value.has_value(), "{} is \"{}\"; give true or false", name, text);
  return *value;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    const auto begin = part.find_first_not_of(" \t");
    if (begin == std::string::npos) continue;
    parts.push_back(part.substr(begin, part.find_last_not_of(" \t") - begin + 1));
  }
  return parts;
}

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

std::vector<Setting> make_settings() {
  return {
      {"model", "DIR", "model directory as downloaded from Hugging Face",
       [](CampaignConfig& c, const std::string& v) { c.model = v; }},
      {"tasks", "a,b", "names of tasks, groups or tags, patterns such as mmlu_*, or YAML files",
       [](CampaignConfig& c, const std::string& v) {
         for (auto& name : split_list(v)) c.tasks.push_back(std::move(name));
       }},
      {"category", "a,b", "every task and group of a category, beside --tasks",
       [](CampaignConfig& c, const std::string& v) {
         for (auto& name : split_list(v)) c.categories.push_back(std::move(name));
       }},
      {"output", "FILE", "results file (HDF5); its journal lies beside it",
       [](CampaignConfig& c, const std::string& v) { c.output = v; }},
      {"data_root", "DIR",
       "datasets as <root>/<dataset_path>/<config or default>/<split>.jsonl (default: ASSAY_DATA_ROOT)",
       [](CampaignConfig& c, const std::string& v) { c.data_root = v; }},
      {"include_path", "DIR", "folder of further task YAMLs, searched first",
       [](CampaignConfig& c, const std::string& v) { c.task_folders.emplace_back(v); }},
      {"tp", "N", "tensor parallel ranks (default 1)",
       [](CampaignConfig& c, const std::string& v) { c.mesh.tp = parse_number(v, "tp", 1, 4096); }},
      {"pp", "N", "pipeline stages (default 1)",
       [](CampaignConfig& c, const std::string& v) { c.mesh.pp = parse_number(v, "pp", 1, 4096); }},
      {"dp", "N", "replicas (default: the ranks that are left)",
       [](CampaignConfig& c, const std::string& v) { c.mesh.dp = parse_number(v, "dp", 1, 65536); }},
      {"layers_per_stage", "a,b", "layers of every pipeline stage (default: even)",
       [](CampaignConfig& c, const std::string& v) {
         for (const auto& part : split_list(v))
           c.layers_per_stage.push_back(parse_number<std::int64_t>(part, "layers_per_stage", 1, 100000));
       }},
      {"dtype", "TYPE", "float32, bfloat16 or auto (default auto)",
       [](CampaignConfig& c, const std::string& v) { c.dtype = v; }},
      {"limit", "N", "documents a task (default: all)",
       [](CampaignConfig& c, const std::string& v) {
         c.limit = parse_number<std::int64_t>(v, "limit", 1, any);
       }},
      {"num_fewshot", "K", "examples in every prompt (default: the task's own number)",
       [](CampaignConfig& c, const std::string& v) {
         c.num_fewshot = parse_number(v, "num_fewshot", 0, 1000);
       }},
      {"fewshot_seed", "N", "seed of the few-shot draws (default 1234)",
       [](CampaignConfig& c, const std::string& v) {
         c.fewshot_seed = parse_number<std::uint64_t>(v, "fewshot_seed", 0, 1ULL << 63);
       }},
      {"sample_seed", "N", "with limit: draw the documents by this seed instead of taking the first",
       [](CampaignConfig& c, const std::string& v) {
         c.sample_seed = parse_number<std::uint64_t>(v, "sample_seed", 0, 1ULL << 63);
       }},
      {"gen_kwargs", "k=v,...",
       "override generation settings: temperature, top_k, top_p, do_sample, "
       "repetition_penalty, max_gen_toks, until",
       [](CampaignConfig& c, const std::string& v) { c.gen_kwargs = v; }},
      {"apply_chat_template", "[NAME]",
       "write prompts by the model's chat template, or by the named one of several "
       "(--apply-chat-template=NAME)",
       [](CampaignConfig& c, const std::string& v) {
         const auto wanted = as_switch(v);
         c.chat_template = !wanted ? v : *wanted ? "true" : "";
       }},
      {"fewshot_as_multiturn", "BOOL",
       "with a chat template: few-shot examples as turns of their own (default true)",
       [](CampaignConfig& c, const std::string& v) {
         c.fewshot_as_multiturn = parse_switch(v, "fewshot_as_multiturn");
       }},
      {"system_instruction", "TEXT", "before every task's description",
       [](CampaignConfig& c, const std::string& v) { c.system_instruction = v; }},
      {"add_bos_token", "BOOL", "begin prompts with BOS (default: as the tokenizer does)",
       [](CampaignConfig& c, const std::string& v) { c.add_bos_token = parse_switch(v, "add_bos_token"); }},
      {"profile", "NAME", "whose scores to reproduce: lm-eval-0.4.13 (default) or lm-eval-0.4.9.1",
       [](CampaignConfig& c, const std::string& v) { c.profile = eval::find_profile(v).name; }},
      {"allow_code_execution", "", "run the programs that models write (humaneval, mbpp, ...) in a sandbox",
       [](CampaignConfig& c, const std::string& v) {
         c.allow_code_execution = parse_switch(v, "allow_code_execution");
       }},
      {"sandbox_python", "PATH", "the sandbox's interpreter (default: python3 in PATH)",
       [](CampaignConfig& c, const std::string& v) { c.sandbox_python = v; }},
      {"seed", "N", "seed of sampled generations (default 0)",
       [](CampaignConfig& c, const std::string& v) {
         c.seed = parse_number<std::uint64_t>(v, "seed", 0, 1ULL << 63);
       }},
      {"max_length", "N", "longest sequence in tokens (default: the model's)",
       [](CampaignConfig& c, const std::string& v) {
         c.max_length = parse_number<std::int64_t>(v, "max_length", 2, 1 << 24);
       }},
      {"batch_tokens", "N", "tokens a micro-batch computes at most (default 512)",
       [](CampaignConfig& c, const std::string& v) {
         c.batch_tokens = parse_number<std::int64_t>(v, "batch_tokens", 1, 1 << 20);
       }},
      {"max_sequences", "N", "sequences in work at once in a replica (default 64)",
       [](CampaignConfig& c, const std::string& v) {
         c.max_sequences = parse_number<std::int64_t>(v, "max_sequences", 1, 1 << 16);
       }},
      {"kv_cache_mib", "N", "KV cache of a rank in MiB (default: automatic)",
       [](CampaignConfig& c, const std::string& v) {
         c.kv_cache_mib = parse_number<std::int64_t>(v, "kv_cache_mib", 1, 1 << 24);
       }},
      {"overwrite", "", "discard an existing output and its journal",
       [](CampaignConfig& c, const std::string& v) { c.overwrite = parse_switch(v, "overwrite"); }},
      {"fail_fast", "", "stop at the first task that fails instead of going on with the others",
       [](CampaignConfig& c, const std::string& v) { c.fail_fast = parse_switch(v, "fail_fast"); }},
  };
}

// A YAML value as the text that the command line would give.
std::string as_text(const util::YamlNode& node) {
  if (node.kind == util::YamlNode::Kind::scalar) return node.text;
  if (node.kind == util::YamlNode::Kind::sequence) {
    std::string text;
    for (const auto& item : node.items) {
      util::check_input(item.kind == util::YamlNode::Kind::scalar, "expected a list of plain values");
      text += (text.empty() ? "" : ",") + item.text;
    }
    return text;
  }
  if (node.kind == util::YamlNode::Kind::mapping) {
    std::string text;
    for (const auto& [key, value] : node.members)
      text += (text.empty() ? "" : ",") + key + "=" + util::to_json(value).dump();
    return text;
  }
  util::fail_input("a value is missing");
}

bool is_path(std::string_view name) {
  return name == "model" || name == "output" || name == "data_root" || name == "include_path";
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> table = make_settings();
  return table;
}

const Setting* find_setting(std::string_view name) {
  for (const Setting& setting : settings()) {
    if (name == setting.name) return &setting;
  }
  return nullptr;
}

void read_campaign_file(const std::filesystem::path& file, CampaignConfig& config) {
  const util::YamlNode root = util::read_yaml_file(file);
  util::check_input(root.kind == util::YamlNode::Kind::mapping, "{}: a campaign is a mapping of settings",
                    file.string());
  std::vector<std::string> names;
  for (const Setting& setting : settings()) names.emplace_back(setting.name);
  const auto beside = [&](const std::string& path) {
    return std::filesystem::path(path).is_absolute() ? path : (file.parent_path() / path).string();
  };
  for (const auto& [key, value] : root.members) {
    const std::string where = fmt::format("{}:{}: {}", file.string(), value.line, key);
    const Setting* setting = find_setting(key);
    util::check_input(setting != nullptr, "{} is not a setting{}", where, util::did_you_mean(key, names));
    try {
      if (key == "tasks") {
        for (const std::string& item : split_list(as_text(value))) {
          const bool is_file = item.ends_with(".yaml") || item.ends_with(".yml");
          config.tasks.push_back(is_file ? beside(item) : item);
        }
      } else if (key == "include_path" && value.kind == util::YamlNode::Kind::sequence) {
        for (const auto& item : value.items) setting->set(config, beside(as_text(item)));
      } else if (is_path(key)) {
        setting->set(config, beside(as_text(value)));
      } else {
        setting->set(config, as_text(value));
      }
    } catch (const util::InputError& error) {
      util::fail_input("{}: {}", where, error.what());
    }
  }
}

void check(const CampaignConfig& config) {
  util::check_input(!config.model.empty(), "no model is named; give --model DIR");
  util::check_input(!config.tasks.empty() || !config.categories.empty(),
                    "no task is named; give --tasks a,b or --category c (`assay list tasks` shows them)");
  util::check_input(!config.output.empty(), "no output is named; give -o FILE.h5");
  util::check_input(!config.data_root.empty(),
                    "no data root is named; give --data-root DIR or set ASSAY_DATA_ROOT");
  std::error_code ignored;
  util::check_input(std::filesystem::is_directory(config.model, ignored), "model directory {} does not exist",
                    config.model.string());
  util::check_input(std::filesystem::is_directory(config.data_root, ignored), "data root {} is not a folder",
                    config.data_root.string());
  for (std::size_t i = 0; i < config.tasks.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      util::check_input(config.tasks[i] != config.tasks[j], "task {} is named twice", config.tasks[i]);
  }
  util::check_input(!config.sample_seed || config.limit > 0, "--sample-seed needs --limit");
}

engine::EngineOptions engine_options(const CampaignConfig& config, const model::ArchSpec& spec, int threads) {
  engine::EngineOptions options;
  options.dtype = plan::resolve_dtype(config.dtype, spec);
  options.threads = threads;
  options.max_length = config.max_length > 0 ? config.max_length : spec.max_positions;
  util::check_input(options.max_length <= spec.max_positions,
                    "--max-length {} is beyond the model's {} positions", config.max_length,
                    spec.max_positions);
  options.batch_tokens = config.batch_tokens;
  options.max_sequences = config.max_sequences;
  options.kv_cache_bytes = config.kv_cache_mib << 20;
  options.layers_per_stage = config.layers_per_stage;
  return options;
}

util::OrderedJson to_json(const CampaignConfig& config) {
  util::OrderedJson json;
  json["model"] = config.model.string();
  json["tasks"] = config.tasks;
  json["category"] = config.categories;
  json["output"] = config.output.string();
  json["data_root"] = config.data_root.string();
  json["include_path"] = util::OrderedJson::array();
  for (const auto& folder : config.task_folders) json["include_path"].push_back(folder.string());
  json["tp"] = config.mesh.tp;
  json["pp"] = config.mesh.pp;
  json["dp"] = config.mesh.dp;
  json["layers_per_stage"] = config.layers_per_stage;
  json["dtype"] = config.dtype;
  json["limit"] = config.limit < 0 ? util::OrderedJson(nullptr) : util::OrderedJson(config.limit);
  json["num_fewshot"] =
      config.num_fewshot ? util::OrderedJson(*config.num_fewshot) : util::OrderedJson(nullptr);
  json["fewshot_seed"] = config.fewshot_seed;
  json["sample_seed"] =
      config.sample_seed ? util::OrderedJson(*config.sample_seed) : util::OrderedJson(nullptr);
  json["gen_kwargs"] = config.gen_kwargs;
  json["apply_chat_template"] = config.chat_template;
  json["fewshot_as_multiturn"] = config.fewshot_as_multiturn;
  json["system_instruction"] = config.system_instruction;
  json["add_bos_token"] =
      config.add_bos_token ? util::OrderedJson(*config.add_bos_token) : util::OrderedJson(nullptr);
  json["profile"] = config.profile;
  json["allow_code_execution"] = config.allow_code_execution;
  json["sandbox_python"] = config.sandbox_python;
  json["seed"] = config.seed;
  json["max_length"] = config.max_length;
  json["batch_tokens"] = config.batch_tokens;
  json["max_sequences"] = config.max_sequences;
  json["kv_cache_mib"] = config.kv_cache_mib;
  return json;
}

util::OrderedJson parse_gen_kwargs(const std::string& text) {
  util::OrderedJson object = util::OrderedJson::object();
  std::string rest = text;
  while (!rest.empty()) {
    const auto equals = rest.find('=');
    util::check_input(equals != std::string::npos && equals > 0, "--gen-kwargs \"{}\" is not key=value,...",
                      text);
    const std::string key = rest.substr(0, equals);
    // A comma inside brackets or quotes belongs to the value.
    std::size_t end = equals + 1;
    int depth = 0;
    bool quoted = false;
    for (; end < rest.size(); ++end) {
      const char c = rest[end];
      if (c == '\\' && quoted && end + 1 < rest.size())
        ++end;
      else if (c == '"')
        quoted = !quoted;
      else if (!quoted && (c == '[' || c == '{'))
        ++depth;
      else if (!quoted && (c == ']' || c == '}'))
        --depth;
      else if (c == ',' && !quoted && depth == 0)
        break;
    }
    end = std::min(end, rest.size());
    const std::string value = rest.substr(equals + 1, end - equals - 1);
    util::check_input(!object.contains(key), "--gen-kwargs names {} twice", key);
    if (value == "True" || value == "False") {
      object[key] = value == "True";
    } else {
      const auto parsed = util::OrderedJson::parse(value, nullptr, false);
      object[key] = parsed.is_discarded() ? util::OrderedJson(value) : parsed;
    }
    rest = end < rest.size() ? rest.substr(end + 1) : "";
  }
  return object;
}

std::vector<std::filesystem::path> task_search_path(const std::vector<std::filesystem::path>& first) {
  std::vector<std::filesystem::path> folders = first;
  std::error_code error;
  if (const char* chosen = std::getenv("ASSAY_CONFIG_DIR")) {
    folders.push_back(std::filesystem::path(chosen) / "tasks");
    return folders;
  }
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto installed = program.parent_path().parent_path() / "share" / "assay" / "configs" / "tasks";
  folders.push_back(std::filesystem::is_directory(installed, error)
                        ? installed
                        : std::filesystem::path(ASSAY_BUILD_CONFIGS) / "tasks");
  return folders;
}

}  // namespace assay::campaign
