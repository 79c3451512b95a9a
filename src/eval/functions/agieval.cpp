// AGIEval: options of which several may be right, and answers of mathematics compared as
// lm-evaluation-harness's agieval does: the answer is cut out of both texts and brought into one form
// (Hendrycks et al. 2021, "Measuring mathematical problem solving with the MATH dataset").
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/choice.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;
using Answer = std::optional<std::string>;

// What stands after the last "=", if there is one.
std::string right_side(std::string_view text) {
  if (text.find('=') == std::string_view::npos) return std::string(text);
  return std::string(lstrip_of(after_last(text, "="), " "));
}

// The last \boxed or \fbox with its balanced braces, without both; none if it is no \boxed{...}.
Answer boxed_answer(std::string_view text) {
  auto begin = text.rfind("\\boxed");
  if (begin == std::string_view::npos) begin = text.rfind("\\fbox");
  if (begin == std::string_view::npos) return std::nullopt;
  int open = 0;
  std::size_t end = begin;
  for (; end < text.size(); ++end) {
    if (text[end] == '{') ++open;
    if (text[end] == '}' && --open == 0) break;
  }
  if (end == text.size()) return std::nullopt;
  constexpr std::string_view left = "\\boxed{";
  const std::string_view box = text.substr(begin, end - begin + 1);
  if (!box.starts_with(left)) return std::nullopt;
  return right_side(box.substr(left.size(), box.size() - left.size() - 1));
}

Answer unboxed_answer(std::string_view text) {
  static const PythonRegex dollars(R"(\$(.*)\$)");
  static const PythonRegex number(R"((?:\$)?\d+(?:\.\d+)?(?![\w\d]))");
  const auto between = dollars.find_all(text);
  if (!between.empty()) {
    std::string answer = right_side(between.back()[1]);
    if (!answer.empty()) return answer;
  }
  if (text.find('=') != std::string_view::npos)
    return std::string(before_first(rstrip_of(right_side(text), "."), "\\n"));
  const auto numbers = number.find_all(text);
  if (!numbers.empty()) return numbers.back()[0];
  return std::nullopt;
}

Answer parse_math_answer(std::string_view text) {
  return text.find("\\boxed") != std::string_view::npos ? boxed_answer(text) : unboxed_answer(text);
}

// \sqrt3 becomes \sqrt{3}; none if nothing follows.
Answer fix_roots(const std::string& text) {
  const std::vector<std::string> parts = python::split(text, "\\sqrt");
  std::string out = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string& part = parts[i];
    if (part.empty()) return std::nullopt;
    if (part[0] == '{')
      out += "\\sqrt" + part;
    else
      out.append("\\sqrt{").append(first_characters(part, 1)).append("}").append(without_first(part, 1));
  }
  return out;
}

// \frac12 and \frac1{2} become \frac{1}{2}; none if nothing follows one of them.
Answer fix_fractions(const std::string& text) {
  const std::vector<std::string> parts = python::split(text, "\\frac");
  std::string out = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    out += "\\frac";
    if (part.empty()) return std::nullopt;
    if (part[0] == '{') {
      out += part;
      continue;
    }
    const std::string_view second = without_first(part, 1);
    if (second.empty()) return text;
    out.append("{").append(first_characters(part, 1)).append("}");
    if (second[0] == '{')
      out += second;
    else
      out.append("{").append(first_characters(second, 1)).append("}").append(without_first(second, 1));
  }
  return out;
}

// Digits as Python writes a whole number.
bool is_whole(std::string_view text) {
  constexpr std::size_t python_limit = 4300;
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (!python::is_digits(digits) || digits.size() > python_limit) return false;
  return digits[0] != '0' || (digits.size() == 1 && !negative);
}

// 1/2 becomes \frac{1}{2}.
std::string fix_slash(const std::string& text) {
  const std::vector<std::string> parts = python::split(text, "/");
  if (parts.size() != 2 || !is_whole(parts[0]) || !is_whole(parts[1])) return text;
  return "\\frac{" + parts[0] + "}{" + parts[1] + "}";
}

// The one form of an answer; none where Python would raise.
Answer normal_form(std::string text) {
  static constexpr std::pair<std::string_view, std::string_view> first_pairs[] = {
      {"\n", ""},     {"\\!", ""},     {"\\\\", "\\"},    {"tfrac", "frac"}, {"dfrac", "frac"},
      {"\\left", ""}, {"\\right", ""}, {"^{\\circ}", ""}, {"^\\circ", ""},   {"\\$", ""}};
  for (const auto& [from, to] : first_pairs) text = python::replace_all(text, from, to);
  const std::vector<std::string> units = python::split(text, "\\text{ ");
  if (units.size() > 2) return std::nullopt;
  text = units[0];
  static constexpr std::pair<std::string_view, std::string_view> second_pairs[] = {
      {"\\%", ""}, {" .", " 0."}, {"{.", "{0."}};
  for (const auto& [from, to] : second_pairs) text = python::replace_all(text, from, to);
  if (text.empty()) return text;
  if (text[0] == '.') text.insert(0, "0");
  const std::vector<std::string> sides = python::split(text, "=");
  if (sides.size() == 2 && python::length(sides[0]) <= 2) text = sides[1];
  const Answer rooted = fix_roots(text);
  if (!rooted) return std::nullopt;
  const Answer fractions = fix_fractions(python::replace_all(*rooted, " ", ""));
  if (!fractions) return std::nullopt;
  return fix_slash(*fractions == "0.5" ? "\\frac{1}{2}" : *fractions);
}

bool same_answer(std::string_view candidate, std::string_view gold) {
  const Answer parsed = parse_math_answer(candidate);
  const Answer parsed_gold = parse_math_answer(gold);
  if (parsed && parsed_gold) {
    const Answer form = normal_form(*parsed);
    const Answer gold_form = form ? normal_form(*parsed_gold) : std::nullopt;
    if (form && gold_form) return *form == *gold_form;
  }
  return parsed == parsed_gold;
}

MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::string& candidate = text_result(results);
  if (field(document, "answer").is_null()) return {{"acc", 0}};
  return {{"acc", same_answer(candidate, text_field(document, "answer")) ? 1 : 0}};
}

MetricValues process_results_mcqa(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::vector<double> values = log_probability_results(results);
  const std::vector<std::string> choices = texts_field(document, "choices");
  const OrderedJson& gold = field(document, "gold");
  check_input(choices.size() == values.size(), "field \"choices\" has {} texts for {} results",
              choices.size(), values.size());
  check_input(gold.is_array(), "field \"gold\" is not a list");
  std::vector<double> normalised;
  for (std::size_t i = 0; i < values.size(); ++i)
    normalised.push_back(values[i] / static_cast<double>(python::length(choices[i])));
  const auto is_gold = [&](std::size_t index) {
    const auto is_it = [&](const OrderedJson& value) {
      return as_index(value) == static_cast<std::int64_t>(index);
    };
    return std::ranges::any_of(gold, is_it) ? 1.0 : 0.0;
  };
  return {{"acc", is_gold(arg_max(values))}, {"acc_norm", is_gold(arg_max(normalised))}};
}

constexpr std::string_view sources[] = {"d54929f3cfcae8ee7f1f0171414cb81ec19b4243ea6474d8155956beb18327d3"};
constexpr NamedResults results[] = {{"process_results", process_results},
                                    {"process_results_mcqa", process_results_mcqa}};

}  // namespace

extern const FunctionModule function_module_agieval;
const FunctionModule function_module_agieval = {.name = "agieval", .sources = sources, .results = results};

}  // namespace assay::eval
