// What a regular expression finds in each response, without white space around it; else the fallback.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/cached_regex.hpp"
#include "eval/filter.hpp"
#include "eval/selected_match.hpp"

namespace assay::eval {
namespace {

using text::python::strip;

using util::OrderedJson;

constexpr std::string_view option_names[] = {"regex_pattern", "group_select", "fallback"};

std::string extract(const PythonRegex& regex, const OrderedJson& response, std::int64_t select,
                    const std::string& fallback) {
  const auto match = selected_match(regex, response.is_string() ? response.get<std::string>() : "", select);
  if (!match) return fallback;
  const bool no_group_took_part = regex.groups() > 1 && match->empty();
  return std::string(strip(no_group_took_part ? fallback : *match));
}

OrderedJson apply(const FilterInput& input) {
  const PythonRegex& regex =
      cached_regex(text_option(input.options, "regex_pattern", default_answer_pattern));
  const std::string fallback = text_option(input.options, "fallback", "[invalid]");
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& response : input.responses)
    out.push_back(extract(regex, response, group_select(input.options), fallback));
  return out;
}

void check(const OrderedJson& options) {
  for (const auto& [key, value] : options.items()) check_match_option(key, value);
}

}  // namespace

extern const Filter filter_regex;
const Filter filter_regex = {
    .name = "regex", .options = option_names, .leaves_list = true, .apply = apply, .check = check};

}  // namespace assay::eval
