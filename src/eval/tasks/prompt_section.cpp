// Task files: prompts, targets, choices and how shots are written.
#include <algorithm>

#include "assay/text/jinja.hpp"
#include "assay/util/log.hpp"
#include "eval/function_module.hpp"
#include "eval/tasks/section.hpp"

namespace assay::eval {
namespace {

class PromptSection : TaskSection {
 public:
  using TaskSection::TaskSection;

  void read() {
    read_prompts();
    read_fewshot();
  }

 private:
  // Field name, template or built-in function; numbers and lists stay what they are.
  [[nodiscard]] static OrderedJson prompt_part(const YamlNode& node, std::string_view key) {
    if (node.tag == "!function") {
      const std::string function = function_of(node);
      if (find_value(function) == nullptr)
        fail(node, "the function gives no text, index or list of a document");
      return std::string(function_mark) + function;
    }
    OrderedJson value = util::to_json(node);
    if (value.is_string()) {
      if (value.get_ref<const std::string&>().starts_with("!function"))
        fail(node, fmt::format("{} begins with !function inside quotes", key));
      check_template(node, key, value.get_ref<const std::string&>());
    }
    return value;
  }

  static void check_template(const YamlNode& node, std::string_view key, const std::string& text) {
    const text::JinjaTemplate checked(text, fmt::format("{}: {}", node.where(), key),
                                      text::task_template_options());
  }

  [[nodiscard]] static OrderedJson text_part(const YamlNode& node, std::string_view key) {
    const OrderedJson value = prompt_part(node, key);
    if (!value.is_string() && !value.is_number_integer())
      fail(node, fmt::format("{} is neither text nor an index", key));
    return value;
  }

  [[nodiscard]] static OrderedJson target_part(const YamlNode& node, std::string_view key) {
    OrderedJson value = prompt_part(node, key);
    if (value.is_object() || value.is_number_float())
      fail(node, fmt::format("{} is neither text, an index nor a list", key));
    return value;
  }

  [[nodiscard]] static OrderedJson choices_part(const YamlNode& node) {
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

  // Rendered with each document, though most are constants.
  [[nodiscard]] static std::string template_part(const YamlNode& node, std::string_view key) {
    std::string text = text_of(node, key);
    check_template(node, key, text);
    return text;
  }

  void read_prompts() {
    const YamlNode* prompt = find("doc_to_text");
    if (prompt == nullptr && task_.output_type != OutputType::loglikelihood_rolling) {
      fail(root_, "the key \"doc_to_text\" is missing");
    }
    if (prompt != nullptr) {
      task_.doc_to_text = text_part(*prompt, "doc_to_text");
    }
    const YamlNode* target = find("doc_to_target");
    if (target == nullptr) fail(root_, "the key \"doc_to_target\" is missing");
    task_.doc_to_target = target_part(*target, "doc_to_target");
    if (const YamlNode* choice = find("doc_to_choice")) task_.doc_to_choice = choices_part(*choice);
    if (task_.doc_to_choice.is_null() && task_.output_type == OutputType::multiple_choice) {
      fail(root_, "output_type multiple_choice needs doc_to_choice");
    }
    if (const YamlNode* node = find("description")) task_.description = template_part(*node, "description");
    if (const YamlNode* node = find("gen_prefix")) task_.gen_prefix = template_part(*node, "gen_prefix");
    task_.target_delimiter = text("target_delimiter").value_or(task_.target_delimiter);
    task_.fewshot_delimiter = text("fewshot_delimiter").value_or(task_.fewshot_delimiter);
  }

  void read_fewshot() {
    FewshotConfig& fewshot = task_.fewshot;
    fewshot.doc_to_text = task_.doc_to_text;
    fewshot.doc_to_target = task_.doc_to_target;
    fewshot.doc_to_choice = task_.doc_to_choice;
    fewshot.gen_prefix = task_.gen_prefix;
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
        "sampler",       "split",         "samples",    "process_docs",     "fewshot_indices",  "doc_to_text",
        "doc_to_target", "doc_to_choice", "gen_prefix", "target_delimiter", "fewshot_delimiter"};
    for (const auto& [key, node] : config->members) {
      check_name(node, "fewshot_config key", key, keys);
      if (!util::to_json(node).is_null()) read_fewshot_key(key, node);
    }
  }

  void read_fewshot_key(const std::string& key, const YamlNode& node) {
    FewshotConfig& fewshot = task_.fewshot;
    if (key == "sampler") {
      static const std::vector<std::string> samplers = {"default", "first_n"};
      fewshot.sampler = text_of(node, key);
      check_name(node, "sampler", fewshot.sampler, samplers);
    } else if (key == "samples") {
      read_fewshot_samples(node);
    } else if (key == "fewshot_indices") {
      util::log_warning("{}: fewshot_indices has no effect, as in lm-evaluation-harness", node.where());
    } else if (key == "doc_to_text") {
      fewshot.doc_to_text = text_part(node, key);
    } else if (key == "doc_to_target") {
      fewshot.doc_to_target = target_part(node, key);
    } else if (key == "doc_to_choice") {
      fewshot.doc_to_choice = choices_part(node);
    } else if (key == "gen_prefix") {
      fewshot.gen_prefix = template_part(node, key);
    } else if (key == "target_delimiter") {
      fewshot.target_delimiter = text_of(node, key);
    } else if (key == "fewshot_delimiter") {
      fewshot.fewshot_delimiter = text_of(node, key);
    }  // split and process_docs belong to the data (data_section.cpp)
  }

  void read_fewshot_samples(const YamlNode& node) {
    OrderedJson samples;
    if (node.tag == "!function") {
      const NamedSamples* function = find_samples(function_of(node));
      if (function == nullptr) fail(node, "the function gives no examples");
      samples = function->function();
    } else {
      samples = util::to_json(node);
    }
    const bool good = samples.is_array() &&
                      std::ranges::all_of(samples, [](const OrderedJson& s) { return s.is_object(); });
    if (!good) fail(node, "fewshot_config.samples is not a list of mappings");
    // As in lm-eval, documents of a split go before those written here.
    if (task_.fewshot.split.empty()) task_.fewshot.samples = std::move(samples);
  }
};

}  // namespace

void read_task_prompts(const util::YamlNode& root, TaskConfig& task) {
  PromptSection(root, task).read();
}

}  // namespace assay::eval
