// Task files: what a task is called, where its documents are and what kind of answer it wants.
#include <algorithm>

#include "assay/util/log.hpp"
#include "eval/function_module.hpp"
#include "eval/tasks/section.hpp"

namespace assay::eval {
namespace {

using util::fail_input;

// Keys that are read. lm-eval's other keys are in `refused_keys`.
const std::vector<std::string> known_keys = {"task",
                                             "task_alias",
                                             "tag",
                                             "category",
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
                                             "gen_prefix",
                                             "should_decontaminate",
                                             "doc_to_decontamination_query",
                                             "metadata",
                                             "unsafe_code"};

struct RefusedKey {
  std::string_view key;
  std::string_view advice;
};
constexpr RefusedKey refused_keys[] = {
    {"class", "tasks written in Python are not run"},
    {"doc_to_image", "only text tasks are supported"},
    {"doc_to_audio", "only text tasks are supported"},
    {"custom_dataset", "lay the data out as JSON lines under the data root"},
    {"use_prompt", "write the prompt as doc_to_text and doc_to_target"}};

class DataSection : TaskSection {
 public:
  using TaskSection::TaskSection;

  void read() {
    check_keys();
    task_.task = required_text("task");
    task_.dataset_path = required_text("dataset_path");
    task_.dataset_name = text("dataset_name").value_or("");
    read_harmless();
    read_flags();
    read_dataset_kwargs();
    read_output_type();
    read_splits();
    read_functions();
  }

 private:
  void check_keys() const {
    for (const auto& [key, node] : root_.members) {
      const auto refused = std::ranges::find(refused_keys, key, &RefusedKey::key);
      if (refused != std::end(refused_keys)) {
        if (util::to_json(node).is_null()) continue;
        fail_input("{}: the key \"{}\" is not supported; {}", node.where(), key, refused->advice);
      }
      check_name(node, "key", key, known_keys);
    }
  }

  void read_harmless() {
    if (const YamlNode* node = find("task_alias")) task_.alias = text_of(*node, "task_alias");
    if (const YamlNode* node = find("tag")) {
      if (node->kind != Kind::sequence) task_.tags.push_back(text_of(*node, "tag"));
      for (const YamlNode& item : node->items) task_.tags.push_back(text_of(item, "tag"));
    }
    if (const YamlNode* node = find("metadata")) task_.metadata = util::to_json(*node);
    if (const YamlNode* node = find("should_decontaminate");
        node != nullptr && util::to_json(*node) == true) {
      util::log_debug("{}: should_decontaminate is ignored: nothing is decontaminated", node->where());
    }
  }

  void read_flags() {
    if (const YamlNode* node = find("repeats")) {
      const OrderedJson value = util::to_json(*node);
      if (!value.is_number_integer() || value < 1 || value > 10'000)
        fail(*node, "repeats is not a number of answers (1 to 10000)");
      task_.repeats = value.get<int>();
    }
    if (const YamlNode* node = find("unsafe_code")) {
      const OrderedJson value = util::to_json(*node);
      // Whether code is run follows from the metrics; the key alone changes nothing.
      if (!value.is_boolean()) fail(*node, "unsafe_code is not true or false");
    }
  }

  // Arguments of the hub's loader. Which data are meant follows from the names; files can be given.
  void read_dataset_kwargs() {
    const YamlNode* node = find("dataset_kwargs");
    if (node == nullptr) return;
    if (node->kind != Kind::mapping) fail(*node, "dataset_kwargs is not a mapping");
    static const std::vector<std::string> ignored = {"trust_remote_code", "revision", "cache_dir", "token",
                                                     "download_mode",     "split",    "metadata"};
    for (const auto& [key, value] : node->members) {
      if (std::ranges::find(ignored, key) != ignored.end()) continue;
      if (key == "name" || key == "data_dir") {
        if (task_.dataset_name.empty()) task_.dataset_name = text_of(value, key);
      } else if (key == "data_files") {
        read_data_files(value);
      } else {
        fail(value,
             "dataset_kwargs." + key + " is not supported; data is read from the data root by its name");
      }
    }
  }

  void read_data_files(const YamlNode& node) {
    const auto add = [&](const std::string& split, const YamlNode& files) {
      if (files.kind == Kind::scalar) task_.data_files[split].push_back(text_of(files, "data_files"));
      for (const YamlNode& file : files.items) task_.data_files[split].push_back(text_of(file, "data_files"));
      if (task_.data_files[split].empty()) fail(files, "data_files names no file");
    };
    if (node.kind != Kind::mapping) return add("train", node);
    for (const auto& [split, files] : node.members) add(split, files);
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
      task_.process_docs = process_of(*node);
      task_.fewshot.process_docs = task_.process_docs;
    }
    if (const YamlNode* node = find("process_results")) {
      task_.process_results = function_of(*node);
      if (find_results(task_.process_results) == nullptr)
        fail(*node, "the function does not process results");
    }
    const YamlNode* config = find("fewshot_config");
    if (config == nullptr) return;
    if (const YamlNode* node = find(*config, "process_docs")) task_.fewshot.process_docs = process_of(*node);
  }

  static std::string process_of(const YamlNode& node) {
    std::string function = function_of(node);
    if (find_process(function) == nullptr) fail(node, "the function does not process documents");
    return function;
  }
};

}  // namespace

void read_task_data(const util::YamlNode& root, TaskConfig& task) {
  DataSection(root, task).read();
}

}  // namespace assay::eval
