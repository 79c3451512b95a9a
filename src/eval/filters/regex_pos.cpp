// The tags of the pairs ('token', 'tag') in each response, as a list; else the fallback.
#include <nlohmann/json.hpp>

#include "eval/cached_regex.hpp"
#include "eval/filter.hpp"
#include "eval/selected_match.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

constexpr std::string_view option_names[] = {"regex_pattern", "group_select", "fallback"};

OrderedJson apply(const FilterInput& input) {
  const PythonRegex& pairs = cached_regex(R"(\('([^']*)', '([^']*)'\))");
  const OrderedJson fallback = input.options.contains("fallback") && !input.options["fallback"].is_null()
                                   ? input.options["fallback"]
                                   : OrderedJson::array({"invalid"});
  return map_texts(input, [&](const std::string& text) {
    OrderedJson tags = OrderedJson::array();
    for (const PythonRegex::Groups& groups : pairs.find_all(text)) tags.push_back(groups[2]);
    return tags.empty() ? fallback : tags;
  });
}

// lm-eval compiles the pattern and reads the selection, but uses neither.
void check(const OrderedJson& options) {
  for (const auto& [key, value] : options.items())
    if (key != "fallback") check_match_option(key, value);
}

}  // namespace

extern const Filter filter_regex_pos;
const Filter filter_regex_pos = {
    .name = "regex_pos", .options = option_names, .leaves_list = true, .apply = apply, .check = check};

}  // namespace assay::eval
