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

std::vector<std::string> validate_task_file(const std::filesystem::path& file) {
  std::vector<std::string> problems;
  const auto collect = [&](auto function) {
    try {
      function();
    } catch (const util::InputError& error) {
      problems.emplace_back(error.what());
    }
  };
  collect([&] {
    const Definitions definitions = read_definitions(file);
    for (const util::YamlNode& root : definitions.tasks) {
      TaskConfig task;
      task.file = *root.source;
      const std::size_t before = problems.size();
      // Each section by itself, so that one problem does not hide the next.
      collect([&] { read_task_data(root, task); });
      collect([&] { read_task_prompts(root, task); });
      if (problems.size() == before) collect([&] { read_task_answers(root, task); });
    }
    for (const util::YamlNode& root : definitions.groups) collect([&] { check_group(root); });
  });
  return problems;
}

}  // namespace assay::eval
