// What the sections of a task file share: the YAML, checked access to it, and errors with file and line. One
// section a file: data and identity (data_section.cpp), prompts (prompt_section.cpp), answers
// (answer_section.cpp).
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/eval/task.hpp"
#include "assay/util/error.hpp"
#include "assay/util/yaml.hpp"

namespace assay::eval {

class TaskSection {
 public:
  /// Both must outlive the section.
  TaskSection(const util::YamlNode& root, TaskConfig& task) : root_(root), task_(task) {}

 protected:
  using YamlNode = util::YamlNode;
  using Kind = util::YamlNode::Kind;
  using OrderedJson = util::OrderedJson;

  [[noreturn]] static void fail(const YamlNode& node, std::string_view why);
  /// A key given as null counts as absent, as in lm-eval.
  [[nodiscard]] const YamlNode* find(std::string_view key) const { return find(root_, key); }
  static const YamlNode* find(const YamlNode& node, std::string_view key);
  /// Fails, suggesting the nearest, unless `name` is one of the candidates.
  static void check_name(const YamlNode& node, std::string_view what, const std::string& name,
                         std::span<const std::string> candidates);
  [[nodiscard]] static std::string text_of(const YamlNode& node, std::string_view key);
  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  [[nodiscard]] std::string required_text(std::string_view key) const;
  /// The built-in function that `!function name` means; fails if there is none.
  [[nodiscard]] static std::string function_of(const YamlNode& node);

  /// Runs a check whose error has no place yet.
  template <class Function>
  static void checked(const YamlNode& node, Function function) {
    try {
      function();
    } catch (const util::InputError& error) {
      fail(node, error.what());
    }
  }

  const YamlNode& root_;
  TaskConfig& task_;
};

/// The sections, in the order in which they have to be read.
void read_task_data(const util::YamlNode& root, TaskConfig& task);
void read_task_prompts(const util::YamlNode& root, TaskConfig& task);
void read_task_answers(const util::YamlNode& root, TaskConfig& task);
/// All of them, of a mapping with the key `task`.
[[nodiscard]] TaskConfig read_task(const util::YamlNode& root);

}  // namespace assay::eval
