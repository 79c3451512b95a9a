#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/eval/task.hpp"
#include "eval/tasks/definition.hpp"
#include "eval/tasks/group.hpp"
#include "eval/tasks/section.hpp"

namespace assay::eval {

TaskConfig read_task(const util::YamlNode& root) {
  TaskConfig task;
  if (root.source) task.file = *root.source;
  task.raw = util::to_json(root);
  read_task_data(root, task);
  read_task_prompts(root, task);
  read_task_answers(root, task);
  return task;
}

TaskConfig load_task(const std::filesystem::path& file) {
  const Definitions definitions = read_definitions(file);
  util::check_input(definitions.tasks.size() == 1, "{} holds {} tasks where one is wanted", file.string(),
                    definitions.tasks.size());
  return read_task(definitions.tasks[0]);
}

namespace {

// True if an error at "<file>:<line>: " is about this node or what is within it.
bool is_about(const util::YamlNode& node, const std::string& error) {
  const auto within = [&](const util::YamlNode& inner) { return is_about(inner, error); };
  return error.starts_with(node.where() + ": ") || std::ranges::any_of(node.items, within) ||
         std::ranges::any_of(node.members, [&](const auto& member) { return within(member.second); });
}

// Every problem of one task: after each, the key it is about is left out and the task read again.
void collect_problems(util::YamlNode root, std::vector<std::string>& problems) {
  std::vector<std::string> left_out;
  for (;;) {
    std::string error;
    try {
      (void)read_task(root);
      return;
    } catch (const util::InputError& caught) {
      error = caught.what();
    }
    const auto names = [&](const std::string& key) {
      return error.find("\"" + key + "\" is missing") != std::string::npos;
    };
    if (std::ranges::any_of(left_out, names)) return;  // only because it was left out
    if (std::ranges::find(problems, error) == problems.end()) problems.push_back(error);
    const auto culprit = std::ranges::find_if(
        root.members, [&](const auto& member) { return is_about(member.second, error); });
    if (culprit == root.members.end() || culprit->first == "task") return;
    left_out.push_back(culprit->first);
    root.members.erase(culprit);
  }
}

}  // namespace

std::vector<std::string> validate_task_file(const std::filesystem::path& file) {
  std::vector<std::string> problems;
  try {
    const Definitions definitions = read_definitions(file);
    for (const util::YamlNode& root : definitions.tasks) collect_problems(root, problems);
    for (const util::YamlNode& root : definitions.groups) check_group(root);
  } catch (const util::InputError& error) {
    problems.emplace_back(error.what());
  }
  return problems;
}

}  // namespace assay::eval
