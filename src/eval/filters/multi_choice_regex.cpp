// The letter of a multiple-choice answer: by a pattern, by an option's text, or by a letter after a colon.
#include <utf8proc.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/cached_regex.hpp"
#include "eval/filter.hpp"
#include "eval/selected_match.hpp"

namespace assay::eval {
namespace {

using text::python::code_points;
using text::python::length;
using text::python::lower;
using text::python::strip;
using text::python::to_utf8;

using util::OrderedJson;

constexpr std::string_view option_names[] = {"regex_pattern", "group_select",       "fallback",
                                             "ignore_case",   "ignore_punctuation", "regexes_to_ignore"};

bool flag(const OrderedJson& options, const char* name) {
  return options.contains(name) && options[name].get<bool>();
}

bool is_punctuation(std::int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return true;
    default:
      return false;
  }
}

// Options and responses are compared without what the task ignores.
std::string compared(std::string text, const OrderedJson& options) {
  if (options.contains("regexes_to_ignore") && options["regexes_to_ignore"].is_array()) {
    for (const OrderedJson& pattern : options["regexes_to_ignore"])
      text = cached_regex(pattern.get_ref<const std::string&>())
                 .substitute(text, [](const PythonRegex::Groups&) { return std::string(); });
  }
  if (flag(options, "ignore_case")) text = lower(text);
  if (flag(options, "ignore_punctuation")) {
    std::vector<std::int32_t> points = code_points(text);
    std::erase_if(points, is_punctuation);
    text = to_utf8(points);
  }
  return text;
}

std::string letter(std::size_t index) {
  return {static_cast<char>('A' + index)};
}

struct Choices {
  std::vector<std::string> texts;                        // as compared, longest first
  std::unordered_map<std::string, std::string> letters;  // by text as compared; the last of equals
  std::size_t count = 0;
};

Choices choices_of(const FilterInput& input) {
  const auto field = input.document.find("choices");
  util::check_input(field != input.document.end() && (field->is_array() || field->is_object()),
                    "multi_choice_regex needs documents with a list \"choices\"");
  Choices choices;
  for (const auto& [key, value] : field->items()) {
    util::check_input(field->is_object() || value.is_string(), "an option in \"choices\" is not text");
    const std::string text(strip(field->is_object() ? key : value.get_ref<const std::string&>()));
    choices.texts.push_back(compared(text, input.options));
    util::check_input(choices.count < 26, "multi_choice_regex has letters for 26 options");
    choices.letters[choices.texts.back()] = "(" + letter(choices.count++) + ")";
  }
  // lm-eval sorts by the length of the escaped text.
  const auto escaped_length = [](const std::string& text) {
    constexpr std::string_view special = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
    const auto escapes = std::ranges::count_if(text, [&](char c) { return special.find(c) != special.npos; });
    return length(text) + static_cast<std::size_t>(escapes);
  };
  std::ranges::stable_sort(choices.texts, std::ranges::greater(), escaped_length);
  return choices;
}

// re.findall of the texts as alternatives.
std::vector<std::string> occurrences(std::string_view response, const std::vector<std::string>& texts) {
  std::vector<std::string> found;
  for (std::size_t at = 0; at <= response.size();) {
    const auto match = std::ranges::find_if(
        texts, [&](const std::string& text) { return response.substr(at).starts_with(text); });
    if (match != texts.end()) found.push_back(*match);
    if (match != texts.end() && !match->empty()) {
      at += match->size();
    } else {
      do ++at;
      while (at < response.size() && (static_cast<unsigned char>(response[at]) & 0xc0) == 0x80);
    }
  }
  return found;
}

std::string by_pattern(const std::string& response, const FilterInput& input) {
  const PythonRegex& regex =
      cached_regex(text_option(input.options, "regex_pattern", default_answer_pattern));
  return std::string(strip(selected_match(regex, response, group_select(input.options)).value_or("")));
}

std::string by_text(const std::string& response, const FilterInput& input, const Choices& choices) {
  const auto found = occurrences(compared(response, input.options), choices.texts);
  const auto at = python_index(group_select(input.options), found.size());
  if (!at) return "";
  std::string match(strip(found[*at]));
  const auto known = match.empty() ? choices.letters.end() : choices.letters.find(match);
  return known == choices.letters.end() ? match : known->second;
}

std::string by_letter(const std::string& response, const FilterInput& input, std::size_t count) {
  if (count == 0) return "";
  std::string letters = "A";
  for (std::size_t i = 1; i < count; ++i) letters += "|" + letter(i);
  const PythonRegex& regex = cached_regex(":[\\s]*(" + letters + ")");
  const auto match = selected_match(regex, response, group_select(input.options)).value_or("");
  return match.empty() ? "" : "(" + match + ")";
}

OrderedJson apply(const FilterInput& input) {
  const Choices choices = choices_of(input);
  const std::string fallback = text_option(input.options, "fallback", "[invalid]");
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& response : input.responses) {
    const std::string text = response.is_string() ? response.get<std::string>() : "";
    std::string match = by_pattern(text, input);
    if (match.empty()) match = by_text(text, input, choices);
    if (match.empty()) match = by_letter(text, input, choices.count);
    out.push_back(match.empty() ? fallback : match);
  }
  return out;
}

void check(const OrderedJson& options) {
  for (const auto& [key, value] : options.items()) {
    if (key == "ignore_case" || key == "ignore_punctuation") {
      util::check_input(value.is_boolean(), "{} is not true or false", key);
    } else if (key == "regexes_to_ignore") {
      util::check_input(value.is_array() || value.is_null(), "regexes_to_ignore is not a list");
      for (const OrderedJson& pattern : value) {
        util::check_input(pattern.is_string(), "regexes_to_ignore holds something that is not text");
        const PythonRegex compiled(pattern.get<std::string>());
      }
    } else {
      check_match_option(key, value);
    }
  }
}

}  // namespace

extern const Filter filter_multi_choice_regex;
const Filter filter_multi_choice_regex = {.name = "multi_choice_regex",
                                          .options = option_names,
                                          .leaves_list = true,
                                          .apply = apply,
                                          .check = check};

}  // namespace assay::eval
