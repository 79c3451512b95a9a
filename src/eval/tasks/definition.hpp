// Task files as YAML: includes merged in, families spread out. Three shapes are read: lm-evaluation-harness's
// task file (a mapping with `task:`) and group file (with `group:`), and our family file, which keeps many
// tasks together. A family has a mapping `tasks:` from names to the keys in which each differs from those
// that stand beside it, and may have `groups:` from names to the keys of a group.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "assay/util/yaml.hpp"

namespace assay::eval {

/// Includes within one another, and files that one task file may include in all.
inline constexpr std::size_t max_include_depth = 16;
inline constexpr std::size_t max_included_files = 256;

/// Mappings; every node knows the file it was read from.
struct Definitions {
  std::vector<util::YamlNode> tasks;   ///< each with a key `task`
  std::vector<util::YamlNode> groups;  ///< each with a key `group`
};

/// Reads one file. Throws InputError "<file>:<line>: ...": malformed YAML, an include that is missing or
/// includes itself, no task and no group.
[[nodiscard]] Definitions read_definitions(const std::filesystem::path& file);

/// Sets a key of a mapping, replacing its old value.
void set_member(util::YamlNode& mapping, const std::string& key, const util::YamlNode& value);
/// A text as YAML would hold it, placed at `at`.
[[nodiscard]] util::YamlNode text_node(std::string text, const util::YamlNode& at);

/// Names in a file without reading the rest of it: the top-level keys task, group, tag, category, tasks,
/// groups and include alone are parsed.
struct FileNames {
  struct Named {
    std::string name;
    bool is_group = false;
    std::vector<std::string> tags;
    std::vector<std::string> categories;
  };
  std::vector<Named> names;
};
/// Throws InputError as read_definitions does, for these keys alone; a file that names nothing is no error.
[[nodiscard]] FileNames scan_names(const std::filesystem::path& file);

}  // namespace assay::eval
