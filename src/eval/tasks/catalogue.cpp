#include <fnmatch.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/eval/task.hpp"
#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "assay/util/suggest.hpp"
#include "eval/tasks/definition.hpp"
#include "eval/tasks/group.hpp"
#include "eval/tasks/section.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::fail_input;
using util::YamlNode;
using Kind = YamlNode::Kind;
using Entries = std::map<std::string, TaskCatalogue::Entry>;

constexpr std::size_t max_files = 100'000;
constexpr int max_depth = 16;
constexpr std::size_t max_group_depth = 16;

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

std::vector<fs::path> yaml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
    if (it.depth() >= max_depth) it.disable_recursion_pending();
    std::error_code ignored;
    if (is_yaml(it->path()) && it->is_regular_file(ignored)) files.push_back(it->path());
    util::check_input(files.size() <= max_files, "the task folder {} holds more than {} files",
                      folder.string(), max_files);
  }
  std::ranges::sort(files);
  return files;
}

void add_names(Entries& entries, const fs::path& file) {
  FileNames found;
  try {
    found = scan_names(file);
  } catch (const util::InputError& error) {
    util::log_debug("not listed: {}", error.what());
    return;
  }
  for (const FileNames::Named& named : found.names) {
    const EntryKind kind = named.is_group ? EntryKind::group : EntryKind::task;
    const auto [it, added] =
        entries.try_emplace(named.name, TaskCatalogue::Entry{kind, file, named.tags, named.categories, {}});
    if (added || it->second.kind != EntryKind::tag) continue;
    // A task may be called as a tag is; the name then means the task.
    it->second = {kind, file, named.tags, named.categories, {}};
  }
}

void add_tags(Entries& entries) {
  std::map<std::string, std::vector<std::string>> tags;
  for (const auto& [name, entry] : entries) {
    if (entry.kind != EntryKind::task) continue;
    for (const std::string& tag : entry.tags) tags[tag].push_back(name);
  }
  for (auto& [tag, tasks] : tags) {
    if (!tag.empty()) entries.try_emplace(tag, TaskCatalogue::Entry{EntryKind::tag, {}, {}, {}, tasks});
  }
}

// Follows names through groups and tags to tasks.
class Selector {
 public:
  explicit Selector(const Entries& entries) : entries_(entries) {}

  void add(const std::string& name) {
    if (is_yaml(name)) {
      add_file(name);
    } else if (name.find_first_of("*?") != std::string::npos) {
      add_pattern(name);
    } else {
      add_named(name, no_overrides_, 0);
    }
  }
  TaskSelection take() { return std::move(selection_); }

 private:
  void add_file(const fs::path& file) {
    Definitions definitions;
    try {
      definitions = read_definitions(file);
    } catch (const util::InputError& error) {
      selection_.broken.push_back({file.string(), error.what()});
      return;
    }
    for (const YamlNode& task : definitions.tasks) add_task(task, no_overrides_);
    if (!definitions.tasks.empty()) return;
    for (const YamlNode& group : definitions.groups) (void)add_group(group, no_overrides_, 0);
  }

  void add_pattern(const std::string& pattern) {
    bool any = false;
    for (const auto& [name, entry] : entries_) {
      if (entry.kind == EntryKind::tag || fnmatch(pattern.c_str(), name.c_str(), 0) != 0) continue;
      any = true;
      add_named(name, no_overrides_, 0);
    }
    util::check_input(any, "no task matches \"{}\"; `assay list tasks` shows all", pattern);
  }

  // Gives the names that stand for it in a group's list of members.
  std::vector<std::string> add_named(const std::string& name, const YamlNode& overrides, std::size_t depth) {
    const auto found = entries_.find(name);
    if (found == entries_.end()) {
      fail_input(
          "there is no task \"{}\"{}; `assay list tasks` shows all, and a path ending in .yaml names a file",
          name, util::did_you_mean(name, known_names()));
    }
    const TaskCatalogue::Entry& entry = found->second;
    if (entry.kind == EntryKind::tag) {
      for (const std::string& task : entry.tasks) add_named(task, overrides, depth);
      return entry.tasks;
    }
    const bool is_group = entry.kind == EntryKind::group;
    const Definitions* definitions = nullptr;
    try {
      definitions = &definitions_of(entry.file);
    } catch (const util::InputError& error) {
      selection_.broken.push_back({name, error.what()});
      return {name};
    }
    for (const YamlNode& node : is_group ? definitions->groups : definitions->tasks) {
      if (node.find(is_group ? "group" : "task")->text != name) continue;
      return {is_group ? add_group(node, overrides, depth) : add_task(node, overrides)};
    }
    fail_input("{} no longer holds \"{}\"", entry.file.string(), name);
  }

  [[nodiscard]] std::vector<std::string> known_names() const {
    std::vector<std::string> names;
    for (const auto& [known, entry] : entries_) names.push_back(known);
    return names;
  }

  const Definitions& definitions_of(const fs::path& file) {
    const auto found = files_.find(file);
    if (found != files_.end()) return found->second;
    return files_.emplace(file, read_definitions(file)).first->second;
  }

  std::string add_task(YamlNode node, const YamlNode& overrides) {
    const std::string name = node.find("task")->text;
    for (const auto& [key, value] : overrides.members) set_member(node, key, value);
    set_member(node, "task", text_node(name, node));
    TaskConfig task;
    try {
      task = read_task(node);
    } catch (const util::InputError& error) {
      selection_.broken.push_back({name, error.what()});
      return name;
    }
    for (const TaskConfig& other : selection_.tasks) {
      if (other.task != task.task) continue;
      if (other.raw != task.raw)
        fail_input("the task {} is asked for twice with different settings ({} and {}); name one of them",
                   task.task, other.file.string(), task.file.string());
      return name;
    }
    selection_.tasks.push_back(std::move(task));
    return name;
  }

  std::string add_group(const YamlNode& node, const YamlNode& overrides, std::size_t depth) {
    if (depth > max_group_depth)
      fail_input("{}: groups within one another more than {} deep", node.where(), max_group_depth);
    TaskGroup group = read_group(node);
    YamlNode settings = no_overrides_;
    for (const auto& [key, value] : node.members) {
      if (!is_group_key(key)) set_member(settings, key, value);
    }
    for (const auto& [key, value] : overrides.members) set_member(settings, key, value);
    const auto [known, is_new] = group_settings_.try_emplace(group.group, util::to_json(settings));
    if (!is_new) {
      if (known->second != util::to_json(settings))
        fail_input("{}: the group {} is asked for twice with different settings; name one of them",
                   node.where(), group.group);
      return group.group;
    }
    const std::size_t place = selection_.groups.size();
    selection_.groups.push_back(group);
    check_group(node);
    const YamlNode* members = node.find("task");
    std::vector<std::string> names;
    const auto add_all = [&](std::vector<std::string> added) {
      for (std::string& name : added) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
      }
    };
    if (members->kind == Kind::scalar) add_all(add_member(*members, group.group, settings, depth));
    for (const YamlNode& member : members->items) add_all(add_member(member, group.group, settings, depth));
    selection_.groups[place].members = std::move(names);
    return group.group;
  }

  std::vector<std::string> add_member(const YamlNode& member, const std::string& parent,
                                      const YamlNode& settings, std::size_t depth) {
    if (member.kind == Kind::scalar) {
      if (!entries_.contains(member.text))
        fail_input("{}: the group names \"{}\", which is no task, group or tag{}", member.where(),
                   member.text, util::did_you_mean(member.text, known_names()));
      return add_named(member.text, settings, depth + 1);
    }
    const YamlNode* group = member.find("group");
    const YamlNode* task = member.find("task");
    YamlNode own = settings;
    if (group != nullptr && !entries_.contains(group->text)) {
      YamlNode inner = member;
      set_member(inner, "group", text_node(parent + "::" + group->text, *group));
      if (inner.find("group_alias") == nullptr) inner.members.emplace_back("group_alias", *group);
      return {add_group(inner, settings, depth + 1)};
    }
    for (const auto& [key, value] : member.members) {
      if (key != "group" && key != "task") set_member(own, key, value);
    }
    if (group != nullptr) return add_named(group->text, own, depth + 1);
    if (entries_.contains(task->text)) return add_named(task->text, own, depth + 1);
    YamlNode inline_task = own;
    inline_task.line = member.line;
    inline_task.source = member.source;
    set_member(inline_task, "task", text_node(parent + "::" + task->text, *task));
    return {add_task(inline_task, no_overrides_)};
  }

  const Entries& entries_;
  std::map<fs::path, Definitions> files_;
  std::map<std::string, util::OrderedJson> group_settings_;  ///< that a group's tasks were given
  TaskSelection selection_;
  YamlNode no_overrides_ = [] {
    YamlNode node;
    node.kind = Kind::mapping;
    return node;
  }();
};

}  // namespace

struct TaskCatalogue::Impl {
  Entries entries;
};

TaskCatalogue::TaskCatalogue(std::vector<fs::path> folders) : impl_(std::make_unique<Impl>()) {
  for (const fs::path& folder : folders) {
    for (const fs::path& file : yaml_files(folder)) add_names(impl_->entries, file);
  }
  add_tags(impl_->entries);
}

TaskCatalogue::~TaskCatalogue() = default;
TaskCatalogue::TaskCatalogue(TaskCatalogue&&) noexcept = default;

const Entries& TaskCatalogue::entries() const {
  return impl_->entries;
}

std::vector<std::string> TaskCatalogue::categories() const {
  std::set<std::string> all;
  for (const auto& [name, entry] : impl_->entries)
    all.insert(entry.categories.begin(), entry.categories.end());
  return {all.begin(), all.end()};
}

std::vector<std::string> TaskCatalogue::in_category(const std::string& category) const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : impl_->entries) {
    if (std::ranges::find(entry.categories, category) != entry.categories.end()) names.push_back(name);
  }
  util::check_input(!names.empty(), "there is no category \"{}\"{}; `assay list categories` shows all",
                    category, util::did_you_mean(category, categories()));
  return names;
}

TaskSelection TaskCatalogue::select(const std::vector<std::string>& names) const {
  Selector selector(impl_->entries);
  for (const std::string& name : names) selector.add(name);
  return selector.take();
}

TaskConfig TaskCatalogue::load(const std::string& name_or_file) const {
  TaskSelection selection = select({name_or_file});
  if (!selection.broken.empty()) util::fail_input("{}", selection.broken[0].error);
  util::check_input(selection.tasks.size() == 1, "\"{}\" means {} tasks; name one of them", name_or_file,
                    selection.tasks.size());
  return std::move(selection.tasks[0]);
}

}  // namespace assay::eval
