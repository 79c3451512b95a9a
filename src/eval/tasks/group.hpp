// Groups: tasks reported together, and settings given to all of them.
#pragma once

#include "assay/eval/task.hpp"
#include "assay/util/yaml.hpp"

namespace assay::eval {

/// The group's own keys, without its members. Throws InputError "<file>:<line>: ...".
[[nodiscard]] TaskGroup read_group(const util::YamlNode& node);
/// Throws InputError "<file>:<line>: ..." unless the group and its list of members are well formed; whether
/// the members exist is not looked at.
void check_group(const util::YamlNode& node);
/// Throws InputError unless `member` of a group's list is a name, or a mapping with "task" or "group".
void check_group_member(const util::YamlNode& member);
/// True for keys of a group itself; the others are settings of its tasks.
[[nodiscard]] bool is_group_key(const std::string& key);

}  // namespace assay::eval
