// Task files: YAML with lm-evaluation-harness's keys, checked key by key.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>

#include "assay/eval/task.hpp"
#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "assay/util/suggest.hpp"
#include "assay/util/yaml.hpp"
#include "eval/document_module.hpp"
#include "eval/filter.hpp"
#include "eval/metric.hpp"
#include "eval/template.hpp"

namespace assay::eval {
namespace {

using util::fail_input;
using util::OrderedJson;
using util::YamlNode;
using Kind = YamlNode::Kind;

// Keys that are read. lm-eval's other keys are in `refused_keys`.
const std::vector<std::string> known_keys = {"task",
                                             "task_alias",
                                             "tag",
                                             "group",
                                             "dataset_path",
                                             "dataset_name",
                                             "dataset_kwargs",
                                             "training_split",
                                             "validation_split",
                                             "test_split",
                                             "fewshot_split",
                                             "process_docs",
                                             "doc_to_text",
                                             "doc_to_target",
                                             "doc_to_choice",
                                             "process_results",
                                             "description",
                                             "target_delimiter",
                                             "fewshot_delimiter",
                                             "fewshot_config",
                                             "num_fewshot",
                                             "metric_list",
                                             "output_type",
                                             "generation_kwargs",
                                             "repeats",
                                             "filter_list",
                                             "should_decontaminate",
                                             "doc_to_decontamination_query",
                                             "metadata",
                                             "unsafe_code"};

struct RefusedKey {
  std::string_view key;
  std::string_view advice;
};
constexpr RefusedKey refused_keys[] = {
    {"include", "write the included keys into this file"},
    {"doc_to_image", "only text tasks are supported"},
    {"doc_to_audio", "only text tasks are supported"},
    {"custom_dataset", "lay the data out as JSON lines under the data root"},
    {"use_prompt", "write the prompt as doc_to_text and doc_to_target"},
    {"gen_prefix", "write the prefix at the end of doc_to_text"}};

class TaskReader {
 public:
  TaskReader(const std::filesystem::path& file) : name_(file.string()), root_(util::read_yaml_file(file)) {
    task_.file = file;
  }

  TaskConfig read() {
    if (root_.kind != Kind::mapping) fail(root_, "a task file is a mapping of keys");
    check_keys();
    task_.raw = util::to_json(root_);
    task_.task = required_text("task");
    task_.dataset_path = required_text("dataset_path");
    task_.dataset_name = text("dataset_name").value_or("");
    read_harmless();
    read_output_type();
    read_splits();
    read_functions();
    read_prompts();
    read_fewshot();
    read_generation();
    read_filters();
    read_metrics();
    return std::move(task_);
  }

 private:
  [[noreturn]] void fail(const YamlNode& node, std::string_view why) const {
    fail_input("{}:{}: {}", name_, node.line, why);
  }
  [[nodiscard]] std::string where(const YamlNode& node) const {
    return fmt::format("{}:{}", name_, node.line);
  }

  // A key given as null counts as absent, as in lm-eval.
  [[nodiscard]] const YamlNode* find(std::string_view key) const { return find(root_, key); }
  static const YamlNode* find(const YamlNode& node, std::string_view key) {
    const YamlNode* found = node.find(key);
    return found == nullptr || util::to_json(*found).is_null() ? nullptr : found;
  }

  void check_keys() const {
    for (const auto& [key, node] : root_.members) {
      const auto refused = std::ranges::find(refused_keys, key, &RefusedKey::key);
      if (refused != std::end(refused_keys)) {
        if (util::to_json(node).is_null()) continue;
        fail_input("{}: the key \"{}\" is not supported; {}", where(node), key, refused->advice);
      }
      check_name(node, "key", key, known_keys);
    }
  }

  void check_name(const YamlNode& node, std::string_view what, const std::string& name,
                  std::span<const std::string> candidates) const {
    if (std::ranges::find(candidates, name) != candidates.end()) return;
    fail_input("{}: the {} \"{}\" is not known{}", where(node), what, name,
               util::did_you_mean(name, candidates));
  }

  [[nodiscard]] std::string text_of(const YamlNode& node, std::string_view key) const {
    const OrderedJson value = util::to_json(node);
    if (value.is_string()) return value.get<std::string>();
    // A name such as 2024 or 1.5 is text where text is wanted.
    if (node.kind == Kind::scalar && value.is_number()) return node.text;
    fail_input("{}: {} is not text", where(node), key);
  }
  [[nodiscard]] std::optional<std::string> text(std::string_view key) const {
    const YamlNode* node = find(key);
    if (node == nullptr) return std::nullopt;
    return text_of(*node, key);
  }
  [[nodiscard]] std::string required_text(std::string_view key) const {
    const YamlNode* node = find(key);
    if (node == nullptr) fail(root_, fmt::format("the key \"{}\" is missing", key));
    std::string value = text_of(*node, key);
    if (value.empty()) fail(*node, fmt::format("{} is empty", key));
    return value;
  }

  void read_harmless() {
    for (const std::string_view key : {"tag", "group"}) {
      const YamlNode* node = find(key);
      if (node == nullptr) continue;
      if (node->kind != Kind::sequence) task_.tags.push_back(text_of(*node, key));
      for (const YamlNode& item : node->items) task_.tags.push_back(text_of(item, key));
    }
    if (const YamlNode* node = find("metadata")) task_.metadata = util::to_json(*node);
    if (const YamlNode* node = find("dataset_kwargs")) {
      if (node->kind != Kind::mapping) fail(*node, "dataset_kwargs is not a mapping");
      for (const auto& [key, value] : node->members) {
        if (key != "trust_remote_code") {
          fail(value, "dataset_kwargs." + key +
                          " is not supported; data is read from the data root by its name alone");
        }
      }
    }
    if (const YamlNode* node = find("repeats"); node != nullptr && util::to_json(*node) != 1) {
      fail(*node, "repeats other than 1 is not supported");
    }
    if (const YamlNode* node = find("unsafe_code"); node != nullptr && util::to_json(*node) != false) {
      fail(*node, "tasks that execute generated code are not supported");
    }
    if (const YamlNode* node = find("should_decontaminate");
        node != nullptr && util::to_json(*node) == true) {
      util::log_debug("{}: should_decontaminate is ignored: nothing is decontaminated", where(*node));
    }
  }

  void read_output_type() {
    const YamlNode* node = find("output_type");
    if (node == nullptr) return;
    static const std::vector<std::string> names = {"loglikelihood", "loglikelihood_rolling",
                                                   "multiple_choice", "generate_until"};
    const std::string name = text_of(*node, "output_type");
    check_name(*node, "output_type", name, names);
    constexpr OutputType types[] = {OutputType::loglikelihood, OutputType::loglikelihood_rolling,
                                    OutputType::multiple_choice, OutputType::generate_until};
    task_.output_type = types[std::ranges::find(names, name) - names.begin()];
  }

  // The function that `!function name` means, resolved in the registry.
  [[nodiscard]] std::string function_of(const YamlNode& node, std::string_view key) const {
    const std::string resolved = resolve_function(node.text, task_.dataset_path);
    if (!resolved.empty()) return resolved;
    std::string names;
    for (const DocumentModule* module : all_document_modules()) {
      const auto add = [&](std::string_view function) {
        names += fmt::format("{}{}.{}", names.empty() ? "" : ", ", module->name, function);
      };
      for (const auto& named : module->processes) add(named.name);
      for (const auto& named : module->texts) add(named.name);
      for (const auto& named : module->units) add(named.name);
    }
    fail_input(
        "{}: {} names the function \"{}\", which is not built in for {} (Python files are not run); known "
        "are {}",
        where(node), key, node.text, task_.dataset_path, names);
  }

  void read_splits() {
    const std::string validation = text("validation_split").value_or("");
    const std::string test = text("test_split").value_or("");
    task_.test_split = test.empty() ? validation : test;
    if (task_.test_split.empty()) fail(root_, "neither test_split nor validation_split is given");
    task_.fewshot.split = text("fewshot_split").value_or("");
    if (const YamlNode* config = find("fewshot_config"); config != nullptr) {
      if (const YamlNode* split = find(*config, "split")) task_.fewshot.split = text_of(*split, "split");
    }
    // lm-eval compares the two settings, unset ones too.
    task_.fewshot.exclude_document = task_.fewshot.split == test;
    task_.fewshot_split = task_.fewshot.split;
    if (task_.fewshot_split.empty()) task_.fewshot_split = text("training_split").value_or(task_.test_split);
    if (task_.fewshot.split.empty() && !text("training_split") && !validation.empty())
      task_.fewshot_split = validation;
  }

  void read_functions() {
    if (const YamlNode* node = find("process_docs")) {
      task_.process_docs = function_of(*node, "process_docs");
      if (find_process(task_.process_docs) == nullptr) fail(*node, "the function does not process documents");
    }
    if (const YamlNode* node = find("process_results")) {
      task_.process_results = function_of(*node, "process_results");
      if (find_units(task_.process_results) == nullptr ||
          task_.output_type != OutputType::loglikelihood_rolling) {
        fail(*node, "the function does not process results of this output_type");
      }
    }
  }

  // Field name, template or built-in function; numbers and lists stay what they are.
  [[nodiscard]] OrderedJson prompt_part(const YamlNode& node, std::string_view key) const {
    if (node.tag == "!function") {
      const std::string function = function_of(node, key);
      if (find_text(function) == nullptr) fail(node, "the function does not make text of a document");
      return "!function " + function;
    }
    OrderedJson value = util::to_json(node);
    if (value.is_string()) {
      const std::string& written = value.get_ref<const std::string&>();
      if (written.starts_with("!function"))
        fail(node, fmt::format("{} begins with !function inside quotes", key));
      const Template checked(written, where(node));
    }
    return value;
  }

  [[nodiscard]] OrderedJson choices_part(const YamlNode& node) const {
    OrderedJson value = prompt_part(node, "doc_to_choice");
    if (value.is_object()) {
      OrderedJson list = OrderedJson::array();
      for (const auto& [key, choice] : value.items()) list.push_back(choice);
      value = std::move(list);
    }
    if (value.is_array()) {
      for (const OrderedJson& choice : value) {
        if (!choice.is_string()) fail(node, "doc_to_choice lists something that is not text");
      }
    } else if (!value.is_string()) {
      fail(node, "doc_to_choice is neither a list nor a template");
    }
    return value;
  }

  void read_prompts() {
    const YamlNode* prompt = find("doc_to_text");
    if (prompt == nullptr && task_.output_type != OutputType::loglikelihood_rolling) {
      fail(root_, "the key \"doc_to_text\" is missing");
    }
    if (prompt != nullptr) {
      const OrderedJson value = prompt_part(*prompt, "doc_to_text");
      if (!value.is_string())
        fail(*prompt, "doc_to_text is not text (contexts chosen by an index are not supported)");
      task_.doc_to_text = value.get<std::string>();
    }
    const YamlNode* target = find("doc_to_target");
    if (target == nullptr) fail(root_, "the key \"doc_to_target\" is missing");
    task_.doc_to_target = prompt_part(*target, "doc_to_target");
    if (task_.doc_to_target.is_object() || task_.doc_to_target.is_number_float()) {
      fail(*target, "doc_to_target is neither text, an index nor a list");
    }
    if (const YamlNode* choice = find("doc_to_choice")) task_.doc_to_choice = choices_part(*choice);
    if (task_.doc_to_choice.is_null() && task_.output_type == OutputType::multiple_choice) {
      fail(root_, "output_type multiple_choice needs doc_to_choice");
    }
    if (const YamlNode* node = find("description")) {
      task_.description = text_of(*node, "description");
      const Template checked(task_.description, where(*node));
    }
    task_.target_delimiter = text("target_delimiter").value_or(task_.target_delimiter);
    task_.fewshot_delimiter = text("fewshot_delimiter").value_or(task_.fewshot_delimiter);
  }

  void read_fewshot() {
    FewshotConfig& fewshot = task_.fewshot;
    fewshot.doc_to_text = task_.doc_to_text;
    fewshot.doc_to_target = task_.doc_to_target;
    fewshot.doc_to_choice = task_.doc_to_choice;
    fewshot.target_delimiter = task_.target_delimiter;
    fewshot.fewshot_delimiter = task_.fewshot_delimiter;
    if (const YamlNode* node = find("num_fewshot")) {
      const OrderedJson value = util::to_json(*node);
      if (!value.is_number_integer() || value < 0 || value > 10'000)
        fail(*node, "num_fewshot is not a number of shots");
      task_.num_fewshot = value.get<int>();
      task_.num_fewshot_fixed = task_.num_fewshot == 0;
    }
    const YamlNode* config = find("fewshot_config");
    if (config == nullptr) return;
    if (config->kind != Kind::mapping) fail(*config, "fewshot_config is not a mapping");
    static const std::vector<std::string> keys = {
        "sampler",       "split",         "samples",          "doc_to_text",
        "doc_to_target", "doc_to_choice", "target_delimiter", "fewshot_delimiter"};
    for (const auto& [key, node] : config->members) {
      check_name(node, "fewshot_config key", key, keys);
      if (util::to_json(node).is_null() || key == "split") continue;
      if (key == "sampler") {
        static const std::vector<std::string> samplers = {"default", "first_n"};
        fewshot.sampler = text_of(node, key);
        check_name(node, "sampler", fewshot.sampler, samplers);
      } else if (key == "samples") {
        read_fewshot_samples(node);
      } else if (key == "doc_to_text") {
        fewshot.doc_to_text =
            prompt_part(node, key).is_string() ? prompt_part(node, key).get<std::string>() : "";
      } else if (key == "doc_to_target") {
        fewshot.doc_to_target = prompt_part(node, key);
      } else if (key == "doc_to_choice") {
        fewshot.doc_to_choice = choices_part(node);
      } else {
        (key == "target_delimiter" ? fewshot.target_delimiter : fewshot.fewshot_delimiter) =
            text_of(node, key);
      }
    }
  }

  void read_fewshot_samples(const YamlNode& node) {
    OrderedJson samples = util::to_json(node);
    const bool good = samples.is_array() &&
                      std::ranges::all_of(samples, [](const OrderedJson& s) { return s.is_object(); });
    if (!good) fail(node, "fewshot_config.samples is not a list of mappings");
    // As in lm-eval, documents of a split go before those written here.
    if (task_.fewshot.split.empty()) task_.fewshot.samples = std::move(samples);
  }

  void read_generation() {
    const YamlNode* node = find("generation_kwargs");
    if (task_.output_type != OutputType::generate_until) {
      if (node != nullptr)
        util::log_debug("{}: generation_kwargs is ignored: nothing is generated", where(*node));
      return;
    }
    OrderedJson& kwargs = task_.generation_kwargs;
    if (node == nullptr) {
      kwargs = {{"temperature", 0.0},
                {"do_sample", false},
                {"max_gen_toks", 256},
                {"until", OrderedJson::array({task_.fewshot_delimiter})}};
      return;
    }
    if (node->kind != Kind::mapping) fail(*node, "generation_kwargs is not a mapping");
    kwargs = util::to_json(*node);
    if (const auto temperature = kwargs.find("temperature"); temperature != kwargs.end()) {
      if (!temperature->is_number()) fail(*node, "temperature is not a number");
      *temperature = temperature->get<double>();
    }
    if (!kwargs.contains("until")) kwargs["until"] = OrderedJson::array({task_.fewshot_delimiter});
  }

  void read_filters() {
    const YamlNode* node = find("filter_list");
    if (node == nullptr) {
      task_.filters = {{"none", {{"take_first", OrderedJson::object()}}}};
      return;
    }
    if (node->kind != Kind::sequence || node->items.empty())
      fail(*node, "filter_list is not a list of filters");
    for (const YamlNode& entry : node->items) {
      const YamlNode* name = find(entry, "name");
      const YamlNode* steps = find(entry, "filter");
      if (name == nullptr || steps == nullptr || steps->kind != Kind::sequence || steps->items.empty()) {
        fail(entry, "a filter_list entry has \"name\" and a list \"filter\"");
      }
      FilterPipeline pipeline;
      pipeline.name = text_of(*name, "name");
      for (const FilterPipeline& other : task_.filters) {
        if (other.name == pipeline.name) fail(*name, "two filters have the name \"" + pipeline.name + "\"");
      }
      for (const YamlNode& step : steps->items) pipeline.steps.push_back(read_step(step, pipeline));
      task_.filters.push_back(std::move(pipeline));
    }
  }

  FilterStep read_step(const YamlNode& node, const FilterPipeline& before) const {
    const YamlNode* function = find(node, "function");
    if (function == nullptr) fail(node, "a filter step has no \"function\"");
    FilterStep step{text_of(*function, "function"), OrderedJson::object()};
    const Filter* filter = find_filter(step.function);
    if (filter == nullptr) check_name(*function, "filter", step.function, names_of(all_filters()));
    if (!before.steps.empty() && !find_filter(before.steps.back().function)->leaves_list) {
      fail(node,
           "a filter follows " + before.steps.back().function + ", which leaves one response, not a list");
    }
    if (task_.output_type != OutputType::generate_until && step.function != "take_first") {
      fail(node, "only take_first applies to a task that generates nothing");
    }
    const std::vector<std::string> options(filter->options.begin(), filter->options.end());
    for (const auto& [key, value] : node.members) {
      if (key == "function") continue;
      check_name(value, step.function + " option", key, options);
      step.options[key] = util::to_json(value);
    }
    checked(node, [&] {
      if (filter->check != nullptr) filter->check(step.options);
    });
    return step;
  }

  template <class Range>
  static std::vector<std::string> names_of(const Range& range) {
    std::vector<std::string> names;
    for (const auto& entry : range) names.emplace_back(entry.name);
    return names;
  }

  // Runs a check whose error has no place yet.
  template <class Function>
  void checked(const YamlNode& node, Function function) const {
    try {
      function();
    } catch (const util::InputError& error) {
      fail(node, error.what());
    }
  }

  void read_metrics() {
    const YamlNode* node = find("metric_list");
    if (node == nullptr) {
      static const std::array<std::vector<std::string>, 4> defaults = {
          {{"perplexity", "acc"},
           {"word_perplexity", "byte_perplexity", "bits_per_byte"},
           {"acc", "acc_norm"},
           {"exact_match"}}};
      for (const std::string& name : defaults[static_cast<std::size_t>(task_.output_type)]) {
        task_.metrics.push_back(
            {name, std::string(find_metric(name)->aggregation), {}, OrderedJson::object()});
      }
      return;
    }
    if (node->kind != Kind::sequence || node->items.empty())
      fail(*node, "metric_list is not a list of metrics");
    for (const YamlNode& entry : node->items) task_.metrics.push_back(read_metric(entry));
  }

  MetricConfig read_metric(const YamlNode& entry) const {
    const YamlNode* name = find(entry, "metric");
    if (name == nullptr) fail(entry, "a metric_list entry has no \"metric\"");
    if (!name->tag.empty() && name->tag[0] == '!') fail(*name, "metrics written in Python are not run");
    MetricConfig config{text_of(*name, "metric"), "", {}, OrderedJson::object()};
    const Metric* metric = find_metric(config.metric);
    if (metric == nullptr) {
      std::vector<std::string> names;
      for (const Metric* known : all_metrics()) names.emplace_back(known->name);
      check_name(*name, "metric", config.metric, names);
    }
    if (std::ranges::find(metric->output_types, task_.output_type) == metric->output_types.end()) {
      fail(*name, "the metric \"" + config.metric + "\" does not apply to this output_type");
    }
    for (const MetricConfig& other : task_.metrics) {
      if (other.metric == config.metric) fail(*name, "the metric \"" + config.metric + "\" is listed twice");
    }
    config.aggregation = metric->aggregation;
    for (const auto& [key, value] : entry.members) read_metric_key(config, *metric, key, value);
    checked(entry, [&] {
      if (metric->check != nullptr) metric->check(config);
    });
    return config;
  }

  void read_metric_key(MetricConfig& config, const Metric& metric, const std::string& key,
                       const YamlNode& value) const {
    if (key == "metric") return;
    if (key == "aggregation") {
      config.aggregation = text_of(value, key);
      check_name(value, "aggregation", config.aggregation, names_of(all_aggregations()));
    } else if (key == "higher_is_better") {
      const OrderedJson flag = util::to_json(value);
      if (!flag.is_boolean()) fail(value, "higher_is_better is not true or false");
      config.higher_is_better = flag.get<bool>();
    } else if (key == "hf_evaluate") {
      if (util::to_json(value) == true)
        fail(value, "metrics of the evaluate library are not supported (hf_evaluate)");
    } else {
      std::vector<std::string> keys(metric.options.begin(), metric.options.end());
      keys.insert(keys.end(), {"aggregation", "higher_is_better"});
      check_name(value, config.metric + " option", key, keys);
      config.options[key] = util::to_json(value);
    }
  }

  std::string name_;
  YamlNode root_;
  TaskConfig task_;
};

}  // namespace

TaskConfig load_task(const std::filesystem::path& file) {
  return TaskReader(file).read();
}

}  // namespace assay::eval
