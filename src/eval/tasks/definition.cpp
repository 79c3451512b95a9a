#include "eval/tasks/definition.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::fail_input;
using util::YamlNode;
using Kind = YamlNode::Kind;

constexpr std::size_t max_family_nodes = 5'000'000;

bool is_null(const YamlNode& node) {
  return util::to_json(node).is_null();
}

void remove_member(YamlNode& mapping, std::string_view key) {
  std::erase_if(mapping.members, [&](const auto& member) { return member.first == key; });
}

// Reads a file with what it includes; `chain` are the files that led here, `files` how many were read.
YamlNode read_merged(const fs::path& file, std::vector<fs::path>& chain, std::size_t& files) {
  if (++files > max_included_files)
    fail_input("{}: more than {} files are included", file.string(), max_included_files);
  YamlNode own = util::read_yaml_file(file, util::DuplicateKeys::last_counts);
  if (own.kind != Kind::mapping)
    fail_input("{}:{}: a task file is a mapping of keys", file.string(), own.line);
  const YamlNode* written = own.find("include");
  if (written == nullptr || is_null(*written)) return own;
  const YamlNode includes = *written;
  remove_member(own, "include");
  if (chain.size() >= max_include_depth)
    fail_input("{}: more than {} files include one another", includes.where(), max_include_depth);
  chain.push_back(fs::weakly_canonical(file));
  YamlNode merged;
  merged.kind = Kind::mapping;
  merged.line = own.line;
  merged.source = own.source;
  const std::vector<YamlNode> list =
      includes.kind == Kind::sequence ? includes.items : std::vector<YamlNode>{includes};
  for (const YamlNode& include : list) {
    if (include.kind != Kind::scalar) fail_input("{}: include does not name a file", include.where());
    const fs::path path = file.parent_path() / include.text;
    std::error_code error;
    if (!fs::is_regular_file(path, error))
      fail_input("{}: the included file {} does not exist", include.where(), path.string());
    if (std::ranges::find(chain, fs::weakly_canonical(path)) != chain.end())
      fail_input("{}: the file {} includes itself", include.where(), path.string());
    YamlNode included = read_merged(path, chain, files);
    remove_member(included, "task_list");  // of the included file alone
    for (const auto& [key, value] : included.members) set_member(merged, key, value);
  }
  chain.pop_back();
  for (const auto& [key, value] : own.members) set_member(merged, key, value);
  return merged;
}

// A task or group of a family: what all share, and its own keys over it.
YamlNode member_of_family(const YamlNode& shared, const std::string& kind, const std::string& name,
                          const YamlNode& own) {
  if (own.kind != Kind::mapping && !is_null(own))
    fail_input("{}: the keys of \"{}\" are not a mapping", own.where(), name);
  YamlNode member = shared;
  member.line = own.line;
  for (const auto& [key, value] : own.members) set_member(member, key, value);
  set_member(member, kind, text_node(name, own));
  return member;
}

std::size_t nodes_of(const YamlNode& node) {
  std::size_t count = 1;
  for (const YamlNode& item : node.items) count += nodes_of(item);
  for (const auto& [key, value] : node.members) count += nodes_of(value);
  return count;
}

// Every task has a copy of what they share.
void check_family_size(const YamlNode& root) {
  const YamlNode* tasks = root.find("tasks");
  if (tasks == nullptr) return;
  const std::size_t shared = nodes_of(root) - nodes_of(*tasks);
  if (tasks->members.size() > 0 && shared > max_family_nodes / tasks->members.size())
    fail_input("{}: {} tasks share {} values, which is too much for one file; split it", tasks->where(),
               tasks->members.size(), shared);
}

Definitions read_family(const YamlNode& root) {
  check_family_size(root);
  Definitions definitions;
  YamlNode shared = root;
  for (const char* key : {"tasks", "groups", "category"}) remove_member(shared, key);
  YamlNode nothing_shared = root;
  nothing_shared.members.clear();
  const auto each = [](const YamlNode* mapping, std::string_view key, auto function) {
    if (mapping == nullptr || is_null(*mapping)) return;
    if (mapping->kind != Kind::mapping)
      fail_input("{}: {} is not a mapping from names to keys", mapping->where(), key);
    for (const auto& [name, own] : mapping->members) function(name, own);
  };
  each(root.find("tasks"), "tasks", [&](const std::string& name, const YamlNode& own) {
    definitions.tasks.push_back(member_of_family(shared, "task", name, own));
  });
  each(root.find("groups"), "groups", [&](const std::string& name, const YamlNode& own) {
    definitions.groups.push_back(member_of_family(nothing_shared, "group", name, own));
  });
  return definitions;
}

}  // namespace

void set_member(YamlNode& mapping, const std::string& key, const YamlNode& value) {
  for (auto& [name, old] : mapping.members) {
    if (name == key) {
      old = value;
      return;
    }
  }
  mapping.members.emplace_back(key, value);
}

YamlNode text_node(std::string text, const YamlNode& at) {
  YamlNode node;
  node.kind = Kind::scalar;
  node.text = std::move(text);
  node.quoted = true;
  node.line = at.line;
  node.source = at.source;
  return node;
}

Definitions read_definitions(const fs::path& file) {
  std::vector<fs::path> chain;
  std::size_t files = 0;
  YamlNode root = read_merged(file, chain, files);
  if (root.find("tasks") != nullptr || root.find("groups") != nullptr) {
    for (const char* key : {"task", "group"}) {
      if (const YamlNode* node = root.find(key))
        fail_input("{}: a file with `tasks:` or `groups:` has no key \"{}\" beside them", node->where(), key);
    }
    return read_family(root);
  }
  Definitions definitions;
  if (const YamlNode* group = root.find("group"); group != nullptr && !is_null(*group))
    definitions.groups.push_back(std::move(root));
  else if (const YamlNode* task = root.find("task"); task != nullptr && !is_null(*task))
    definitions.tasks.push_back(std::move(root));
  else
    fail_input("{}: the key \"task\" is missing (a group has \"group\", a family \"tasks\")", root.where());
  return definitions;
}

}  // namespace assay::eval
