// The names in a task file, cheaply: a folder may hold thousands of files of which one is wanted.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "eval/tasks/definition.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::YamlNode;
using Kind = YamlNode::Kind;

constexpr std::array<std::string_view, 7> wanted = {"task",  "group",  "tag",    "category",
                                                    "tasks", "groups", "include"};

// The key that a line at the margin begins with, without its quotes.
std::string_view key_of(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  std::string_view key = line.substr(0, colon);
  while (!key.empty() && key.back() == ' ') key.remove_suffix(1);
  if (key.size() >= 2 && (key[0] == '"' || key[0] == '\'') && key.back() == key[0])
    key = key.substr(1, key.size() - 2);
  return key;
}

// The lines of the wanted top-level keys, others blanked out, so that line numbers stay.
std::string wanted_lines(std::string_view text) {
  std::string out;
  bool keep = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool continues = line.empty() || line[0] == ' ' || line[0] == '\t' || line[0] == '-' ||
                           line[0] == '#' || line[0] == ']' || line[0] == '}';
    if (!continues) keep = std::ranges::find(wanted, key_of(line)) != wanted.end();
    if (keep) out += line;
    out += '\n';
  }
  return out;
}

std::vector<std::string> texts(const YamlNode* node) {
  std::vector<std::string> list;
  if (node == nullptr) return list;
  if (node->kind == Kind::scalar) list.push_back(node->text);
  for (const YamlNode& item : node->items) {
    if (item.kind == Kind::scalar) list.push_back(item.text);
  }
  return list;
}

// The wanted keys of a file, those of its includes under its own.
YamlNode read_wanted(const fs::path& file, std::size_t depth, std::size_t& files) {
  util::check_input(++files <= max_included_files, "{}: more than {} files are included", file.string(),
                    max_included_files);
  const std::string text = util::read_file(file, util::max_yaml_bytes);
  YamlNode own;
  try {
    own = util::parse_yaml(wanted_lines(text), file.string());
  } catch (const util::InputError&) {
    own = util::parse_yaml(text, file.string());  // an alias of something in a key that was left out, say
  }
  if (own.kind != Kind::mapping) return own;
  const std::vector<std::string> includes = texts(own.find("include"));
  util::check_input(includes.empty() || depth < max_include_depth, "{}: too many includes within one another",
                    file.string());
  for (auto include = includes.rbegin(); include != includes.rend(); ++include) {
    const YamlNode other = read_wanted(file.parent_path() / *include, depth + 1, files);
    for (const auto& [key, value] : other.members) {
      if (own.find(key) == nullptr) own.members.emplace_back(key, value);
    }
  }
  return own;
}

}  // namespace

FileNames scan_names(const fs::path& file) {
  std::size_t files = 0;
  const YamlNode root = read_wanted(file, 0, files);
  FileNames found;
  const std::vector<std::string> tags = texts(root.find("tag"));
  const std::vector<std::string> categories = texts(root.find("category"));
  const auto add_members = [&](const char* key, bool is_group) {
    const YamlNode* mapping = root.find(key);
    if (mapping == nullptr) return;
    for (const auto& [name, own] : mapping->members) {
      const std::vector<std::string> own_tags = texts(own.find("tag"));
      found.names.push_back(
          {name, is_group, own_tags.empty() && !is_group ? tags : own_tags, texts(own.find("category"))});
    }
  };
  add_members("tasks", false);
  add_members("groups", true);
  if (!found.names.empty()) return found;
  const YamlNode* group = root.find("group");
  const YamlNode* name = group != nullptr ? group : root.find("task");
  if (name != nullptr && name->kind == Kind::scalar && !name->text.empty())
    found.names.push_back({name->text, group != nullptr, tags, categories});
  return found;
}

}  // namespace assay::eval
