#include "eval/filter.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/cached_regex.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;

constexpr const char* default_pattern = R"(#### (\-?[0-9\.\,]+))";

std::string text_option(const OrderedJson& options, const char* name, const char* otherwise) {
  return options.contains(name) ? options[name].get<std::string>() : std::string(otherwise);
}

// The match that group_select picks, Python's way: negative counts from the end. lm-eval stops with an
// IndexError where there are fewer matches than that; here it is no match.
std::string extract(const PythonRegex& regex, const std::string& text, std::int64_t select,
                    const std::string& fallback) {
  const auto matches = regex.find_all(text);
  const auto count = static_cast<std::int64_t>(matches.size());
  const std::int64_t at = select < 0 ? select + count : select;
  if (at < 0 || at >= count) return fallback;
  const PythonRegex::Groups& groups = matches[static_cast<std::size_t>(at)];
  std::string found;
  if (regex.groups() < 2) {
    found = groups[static_cast<std::size_t>(regex.groups())];
  } else {
    const auto filled =
        std::find_if(groups.begin() + 1, groups.end(), [](const std::string& g) { return !g.empty(); });
    found = filled == groups.end() ? fallback : *filled;
  }
  return std::string(text::python::strip(found));
}

OrderedJson regex_filter(const OrderedJson& responses, const OrderedJson& options) {
  const PythonRegex& regex = cached_regex(text_option(options, "regex_pattern", default_pattern));
  const std::string fallback = text_option(options, "fallback", "[invalid]");
  const std::int64_t select =
      options.contains("group_select") ? options["group_select"].get<std::int64_t>() : 0;
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& response : responses) {
    out.push_back(extract(regex, response.is_string() ? response.get<std::string>() : "", select, fallback));
  }
  return out;
}

void check_regex(const OrderedJson& options) {
  for (const auto& [key, value] : options.items()) {
    if (key == "group_select")
      check_input(value.is_number_integer(), "group_select is not a whole number");
    else
      check_input(value.is_string(), "{} is not text", key);
  }
  const PythonRegex compiled(text_option(options, "regex_pattern", default_pattern));
}

template <class Function>
OrderedJson map_text(const OrderedJson& responses, Function function) {
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& response : responses) {
    check_input(response.is_string(), "a text filter meets a response that is not text");
    out.push_back(function(response.get_ref<const std::string&>()));
  }
  return out;
}

OrderedJson take_first(const OrderedJson& responses, const OrderedJson&) {
  return responses.at(0);
}

OrderedJson take_first_k(const OrderedJson& responses, const OrderedJson& options) {
  const auto k = options["k"].get<std::size_t>();
  check_input(responses.size() >= k, "take_first_k wants {} responses of {}", k, responses.size());
  return OrderedJson(responses.begin(), responses.begin() + static_cast<std::ptrdiff_t>(k));
}

void check_k(const OrderedJson& options) {
  // One response a request: repeats other than 1 are refused when a task is loaded.
  check_input(options.contains("k") && options["k"].is_number_integer() && options["k"] == 1,
              "take_first_k needs k: 1, since each request is asked once");
}

OrderedJson majority_vote(const OrderedJson& responses, const OrderedJson&) {
  const auto count = [&](const OrderedJson& wanted) { return std::ranges::count(responses, wanted); };
  const OrderedJson* winner = &responses.at(0);
  for (const OrderedJson& response : responses) {
    if (count(response) > count(*winner)) winner = &response;
  }
  return OrderedJson::array({*winner});
}

OrderedJson remove_whitespace(const OrderedJson& responses, const OrderedJson&) {
  return map_text(responses, [](const std::string& text) { return std::string(text::python::strip(text)); });
}
OrderedJson lowercase(const OrderedJson& responses, const OrderedJson&) {
  return map_text(responses, text::python::lower);
}
OrderedJson uppercase(const OrderedJson& responses, const OrderedJson&) {
  return map_text(responses, text::python::upper);
}

OrderedJson map_filter(const OrderedJson& responses, const OrderedJson& options) {
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& response : responses) {
    OrderedJson mapped = options.contains("default_value") ? options["default_value"] : OrderedJson();
    if (options.contains("mapping_dict")) {
      const auto found = options["mapping_dict"].find(python_str(response));
      if (found != options["mapping_dict"].end()) mapped = *found;
    }
    out.push_back(std::move(mapped));
  }
  return out;
}

void check_map(const OrderedJson& options) {
  check_input(!options.contains("mapping_dict") || options["mapping_dict"].is_object(),
              "mapping_dict is not a mapping");
}

constexpr std::string_view regex_options[] = {"regex_pattern", "group_select", "fallback"};
constexpr std::string_view k_options[] = {"k"};
constexpr std::string_view map_options[] = {"mapping_dict", "default_value"};
constexpr Filter filters[] = {{"regex", regex_options, true, regex_filter, check_regex},
                              {"take_first", {}, false, take_first},
                              {"take_first_k", k_options, true, take_first_k, check_k},
                              {"majority_vote", {}, true, majority_vote},
                              {"remove_whitespace", {}, true, remove_whitespace},
                              {"lowercase", {}, true, lowercase},
                              {"uppercase", {}, true, uppercase},
                              {"map", map_options, true, map_filter, check_map}};

}  // namespace

std::span<const Filter> all_filters() {
  return filters;
}

const Filter* find_filter(std::string_view name) {
  const auto found = std::ranges::find(filters, name, &Filter::name);
  return found == std::end(filters) ? nullptr : &*found;
}

OrderedJson apply_filters(const FilterPipeline& pipeline, OrderedJson responses) {
  for (const FilterStep& step : pipeline.steps) {
    const Filter* filter = find_filter(step.function);
    check_input(filter != nullptr, "the filter \"{}\" is not known", step.function);
    responses = filter->apply(responses, step.options);
  }
  return responses;
}

}  // namespace assay::eval
