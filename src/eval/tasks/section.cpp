#include "eval/tasks/section.hpp"

#include <algorithm>

#include "assay/util/suggest.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {

using util::fail_input;
using util::OrderedJson;
using util::YamlNode;

void TaskSection::fail(const YamlNode& node, std::string_view why) {
  fail_input("{}: {}", node.where(), why);
}

const YamlNode* TaskSection::find(const YamlNode& node, std::string_view key) {
  const YamlNode* found = node.find(key);
  return found == nullptr || util::to_json(*found).is_null() ? nullptr : found;
}

void TaskSection::check_name(const YamlNode& node, std::string_view what, const std::string& name,
                             std::span<const std::string> candidates) {
  if (std::ranges::find(candidates, name) != candidates.end()) return;
  fail_input("{}: the {} \"{}\" is not known{}", node.where(), what, name,
             util::did_you_mean(name, candidates));
}

std::string TaskSection::text_of(const YamlNode& node, std::string_view key) {
  const OrderedJson value = util::to_json(node);
  if (value.is_string()) return value.get<std::string>();
  // A name such as 2024 or 1.5 is text where text is wanted.
  if (node.kind == Kind::scalar && value.is_number()) return node.text;
  fail_input("{}: {} is not text", node.where(), key);
}

std::optional<std::string> TaskSection::text(std::string_view key) const {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  return text_of(*node, key);
}

std::string TaskSection::required_text(std::string_view key) const {
  const YamlNode* node = find(key);
  if (node == nullptr) fail(root_, fmt::format("the key \"{}\" is missing", key));
  std::string value = text_of(*node, key);
  if (value.empty()) fail(*node, fmt::format("{} is empty", key));
  return value;
}

std::string TaskSection::function_of(const YamlNode& node) {
  std::string resolved;
  // Relative to the file the words stand in, which may be an included one.
  const std::filesystem::path folder = std::filesystem::path(*node.source).parent_path();
  checked(node, [&] { resolved = resolve_function(node.text, folder); });
  return resolved;
}

}  // namespace assay::eval
