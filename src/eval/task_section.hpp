// What the sections of a task file share: the YAML, checked access to it, and errors with file and line. One
// section a file: data and identity (task_data.cpp), prompts (task_prompts.cpp), answers (task_answers.cpp).
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

struct TaskSource {
  std::string name;  ///< the file, for errors
  util::YamlNode root;
};

class TaskSection {
 public:
  /// Both must outlive the section.
  TaskSection(const TaskSource& source, TaskConfig& task)
      : name_(source.name), root_(source.root), task_(task) {}

 protected:
  using YamlNode = util::YamlNode;
  using Kind = util::YamlNode::Kind;
  using OrderedJson = util::OrderedJson;

  [[noreturn]] void fail(const YamlNode& node, std::string_view why) const;
  /// "<file>:<line>"
  [[nodiscard]] std::string where(const YamlNode& node) const;
  /// A key given as null counts as absent, as in lm-eval.
  [[nodiscard]] const YamlNode* find(std::string_view key) const { return find(root_, key); }
  static const YamlNode* find(const YamlNode& node, std::string_view key);
  /// Fails, suggesting the nearest, unless `name` is one of the candidates.
  void check_name(const YamlNode& node, std::string_view what, const std::string& name,
                  std::span<const std::string> candidates) const;
  [[nodiscard]] std::string text_of(const YamlNode& node, std::string_view key) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  [[nodiscard]] std::string required_text(std::string_view key) const;
  /// The built-in function that `!function name` means; fails, listing all, if there is none.
  [[nodiscard]] std::string function_of(const YamlNode& node, std::string_view key) const;

  /// Runs a check whose error has no place yet.
  template <class Function>
  void checked(const YamlNode& node, Function function) const {
    try {
      function();
    } catch (const util::InputError& error) {
      fail(node, error.what());
    }
  }

  const std::string& name_;
  const YamlNode& root_;
  TaskConfig& task_;
};

/// The sections, in the order in which they have to be read.
void read_task_data(const TaskSource& source, TaskConfig& task);
void read_task_prompts(const TaskSource& source, TaskConfig& task);
void read_task_answers(const TaskSource& source, TaskConfig& task);

}  // namespace assay::eval
