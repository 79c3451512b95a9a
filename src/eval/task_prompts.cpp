// Task files: prompts, targets, choices and how shots are written.
#include <algorithm>

#include "eval/function_module.hpp"
#include "eval/task_section.hpp"
#include "eval/template.hpp"

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
  [[nodiscard]] OrderedJson prompt_part(const YamlNode& node, std::string_view key) const {
    if (node.tag == "!function") {
      const std::string function = function_of(node, key);
      if (find_value(function) == nullptr)
        fail(node, "the function gives no text, index or list of a document");
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

  [[nodiscard]] std::string text_part(const YamlNode& node, std::string_view key) const {
    const OrderedJson value = prompt_part(node, key);
    if (!value.is_string())
      fail(node, fmt::format("{} is not text (contexts chosen by an index are not supported)", key));
    return value.get<std::string>();
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
      task_.doc_to_text = text_part(*prompt, "doc_to_text");
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
        fewshot.doc_to_text = text_part(node, key);
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
};

}  // namespace

void read_task_prompts(const TaskSource& source, TaskConfig& task) {
  PromptSection(source, task).read();
}

}  // namespace assay::eval
