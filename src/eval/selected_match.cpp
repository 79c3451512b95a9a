#include "eval/selected_match.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"

namespace assay::eval {

using util::check_input;
using util::OrderedJson;

std::optional<std::size_t> python_index(std::int64_t select, std::size_t count) {
  const auto size = static_cast<std::int64_t>(count);
  const std::int64_t at = select < 0 ? select + size : select;
  return at < 0 || at >= size ? std::nullopt : std::optional(static_cast<std::size_t>(at));
}

std::optional<std::string> selected_match(const PythonRegex& regex, const std::string& text,
                                          std::int64_t select) {
  const auto matches = regex.find_all(text);
  const auto at = python_index(select, matches.size());
  if (!at) return std::nullopt;
  const PythonRegex::Groups& groups = matches[*at];
  if (regex.groups() < 2) return groups[static_cast<std::size_t>(regex.groups())];
  const auto filled =
      std::find_if(groups.begin() + 1, groups.end(), [](const std::string& group) { return !group.empty(); });
  return filled == groups.end() ? "" : *filled;
}

void check_match_option(const std::string& key, const OrderedJson& value) {
  if (key == "group_select") {
    check_input(value.is_number_integer(), "group_select is not a whole number");
  } else {
    check_input(value.is_string(), "{} is not text", key);
  }
  if (key == "regex_pattern") const PythonRegex compiled(value.get<std::string>());
}

std::int64_t group_select(const OrderedJson& options) {
  return options.contains("group_select") ? options["group_select"].get<std::int64_t>() : 0;
}

}  // namespace assay::eval
