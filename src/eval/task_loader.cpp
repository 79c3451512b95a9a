#include "assay/eval/task.hpp"
#include "eval/task_section.hpp"

namespace assay::eval {

TaskConfig load_task(const std::filesystem::path& file) {
  const TaskSource source{file.string(), util::read_yaml_file(file)};
  util::check_input(source.root.kind == util::YamlNode::Kind::mapping,
                    "{}:{}: a task file is a mapping of keys", source.name, source.root.line);
  TaskConfig task;
  task.file = file;
  task.raw = util::to_json(source.root);
  read_task_data(source, task);
  read_task_prompts(source, task);
  read_task_answers(source, task);
  return task;
}

}  // namespace assay::eval
