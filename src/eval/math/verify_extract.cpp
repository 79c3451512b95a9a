#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "assay/text/pcre.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/utf8.hpp"
#include "eval/math/math_verify.hpp"
#include "eval/math/verify_latex.hpp"
#include "eval/math/verify_normalize.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval::math {
namespace {

namespace python = text::python;

using text::Pcre;

constexpr std::size_t chained_formulas = 6;  // joined by commas, "and", "or"

// Formulas in their delimiters; in a plain one also a bare fraction. Groups: one a delimiter, then a percent
// sign.
constexpr std::size_t plain_groups = 7;
constexpr std::size_t boxed_groups = 6;

std::string formula_pattern(Boxes boxes) {
  const bool boxed = boxes == Boxes::all;
  const auto content = [boxed](const std::string& one) {
    return boxed ? one + "*?\\\\boxed\\{" + one + "+?\\}" + one + "*?" : one + "+?";
  };
  std::string out = R"((?:(?:(?<!\\)\$\$()" + content(R"((?:[^$]|\$(?!\$)))") + R"()(?<!\\)\$\$)";
  out += R"(|(?<!\\)\\\[()" + content(R"((?:[^\\]|\\(?!\])))") + R"()(?<!\\)\\\])";
  out += R"(|(?<!\\|\d)\$()" + content(R"((?:\\[$]|[^\n$]))") + R"()(?<!\\)\$)";
  out += R"(|(?<!\\)\\\(()" + content(R"((?:[^\\\n]|\\(?!\))))") + R"()(?<!\\)\\\))";
  out += R"(|\s\[()" + content(R"([^\n\]\[])") + R"()\]\s)";
  if (!boxed) out += R"(|(-?\\frac\{-?\d+(?:[.,]\d+)?\}\{-?\d+(?:[.,]\d+)?\}))";
  return out + R"()\s*((?:\\?%|[Pp]ercent|[Pp]ercentage|[Pp]ct))?))";
}

std::string chained_pattern(Boxes boxes) {
  const std::string formula = formula_pattern(boxes);
  std::string out = formula;
  for (std::size_t i = 1; i < chained_formulas; ++i) {
    if (boxes == Boxes::all) out += R"(\s*)";
    out += R"((?:\s*(?:,?and|,?or|,)\s*)" + formula + ")?";
  }
  return out;
}

// A number; groups: whole and decimal part in three forms, whole alone, percent sign.
const std::string& number_pattern() {
  static const std::string pattern =
      R"((?<!\d)(?:(-?[1-9]\d{0,2}(?:[ ,]\d{3})+)(\.\d+)?|(-?\d+)([.,]\d+)|(\.\d+)|(-?\d+))(\s*(?:%|[Pp]ercent|\s*[Pp]ercentage|\s*[Pp]ct))?)";
  return pattern;
}

const std::string& prefix_pattern() {
  static const std::string pattern = R"((?:^|\s|=)(?:\*\*)?)";
  return pattern;
}

std::string arithmetic_pattern() {
  static const std::string operators = R"(\+\-\*×/\^\(\)÷)";
  const std::string any = R"([\d\.\s)" + operators + "]";
  return prefix_pattern() + R"((-?\(?-?\d)" + any + "*[" + operators + "]" + any +
         R"(+\)?)(?:\*\*)?(?:\.|,|:|\s|\)|\$|$))";
}

std::string anchored_number_pattern() {
  return prefix_pattern() +
         "[$"
         "€£¥₹₽₪₩₫฿₡₢₣₤₥₦₧₨₭₮₯₰₱₲₳₴₵₶₷₸₺₻₼₾"
         "₿"
         "]"
         "?" +
         number_pattern();
}

enum class Target { latex, last_box, arithmetic, number, either };

struct Pattern {
  Pcre pcre;
  Target target;
  std::size_t groups;  // of one formula
};

// The patterns of one priority, tried together.
using Patterns = std::vector<Pattern>;

Pcre compiled(const std::string& pattern) {
  return {translate_python_pattern(pattern), Pcre::Anchors::text, "a pattern of math-verify"};
}

enum class Expressions { allowed, excluded };

std::vector<Patterns> all_patterns(Expressions expressions) {
  const std::string latex = chained_pattern(Boxes::last);
  const std::string either = "(?:(?:" + arithmetic_pattern() + ")|(?:" + anchored_number_pattern() + "))";
  std::vector<Patterns> out(5);
  const auto add = [&](std::size_t priority, const std::string& pattern, Target target, std::size_t groups) {
    out[priority].push_back({compiled(pattern), target, groups});
  };
  const auto add_latex = [&](std::size_t priority, const std::string& before, const std::string& after) {
    add(priority, "(?s)" + before + "(?:" + latex + ")" + after, Target::latex, plain_groups);
  };
  add_latex(0, R"((?i:final answer is):?\s*)", R"(\.?\s?I hope)");
  add_latex(1, R"((?i:final answer.{0,100}?)\s+is:?\s*)", "");
  add(1, "(?s)" + chained_pattern(Boxes::all), Target::latex, boxed_groups);
  add(1, R"((?s)(\\boxed\{.+\}))", Target::last_box, 1);
  add_latex(2, R"((?i:answer):.{0,50}?)", "");
  add_latex(3, R"((?i:answer).{0,50}?)", "");
  add_latex(4, "", "");
  if (expressions == Expressions::excluded) return out;
  add(0, R"((?i:final answer is):?\s*)" + either + R"(\.?\s?I hope)", Target::either, 0);
  add(1, R"((?i:final answer.{0,100}?)\s+is:?)" + either, Target::either, 0);
  add(2, R"((?i:answer):(?:.{0,100}=\s*|.{0,50}?))" + either + R"((?!\s*=))", Target::either, 0);
  add(3, R"((?i:answer)(?:.{0,100}=\s*|.{0,50}?))" + either + R"((?!\s*=))", Target::either, 0);
  add(4, arithmetic_pattern(), Target::arithmetic, 0);
  add(4, anchored_number_pattern(), Target::number, 0);
  return out;
}

struct Match {
  std::size_t begin;
  std::size_t end;
  const Pattern* pattern;
  std::vector<std::string> groups;  // from 1 on
};

// What a match stands for: the value if it could be read, and its text.
struct Reading {
  std::optional<Value> value;
  std::string text;
};

std::string group(const Match& match, std::size_t index) {
  return index <= match.groups.size() ? match.groups[index - 1] : std::string();
}

Value as_percent(Value value) {
  // A hundredth of a set is no number, and equal to nothing but itself.
  if (value.kind != Value::Kind::expression)
    return make_value(make(Op::apply, {make_number("1")}, "percent"));
  value.expression = make(Op::percent, {value.expression});
  return value;
}

std::optional<Value> formula_value(const std::string& clean, bool percent) {
  std::optional<Value> value = parse_verify_answer(clean);
  return value && percent ? as_percent(std::move(*value)) : value;
}

Reading read_latex(const Match& match) {
  struct Formula {
    std::string clean;
    std::optional<Value> value;
  };
  std::vector<Formula> formulas;
  const std::size_t stride = match.pattern->groups;
  const bool last_box = match.pattern->target == Target::last_box;
  for (std::size_t i = 0; i < (last_box ? 1 : chained_formulas); ++i) {
    for (std::size_t k = 1; k <= (last_box ? 1 : stride - 1); ++k) {
      const std::string content = group(match, i * stride + k);
      if (content.empty()) continue;
      std::string clean = normalize_latex(content, last_box ? Boxes::last : Boxes::all);
      const bool percent = !last_box && !group(match, i * stride + stride).empty();
      std::optional<Value> value = formula_value(clean, percent);
      formulas.push_back({std::move(clean), std::move(value)});
      break;
    }
  }
  if (formulas.empty()) return {};
  const bool all =
      std::all_of(formulas.begin(), formulas.end(), [](const Formula& f) { return f.value.has_value(); });
  if (formulas.size() == 1 || !all) return {formulas[0].value, formulas[0].clean};
  Value set{.kind = Value::Kind::finite_set};
  std::string text;
  for (Formula& formula : formulas) {
    text.append(text.empty() ? "" : " and ").append(formula.clean);
    if (formula.value->kind == Value::Kind::finite_set) {
      set.items.insert(set.items.end(), formula.value->items.begin(), formula.value->items.end());
    } else {
      set.items.push_back(std::move(*formula.value));
    }
  }
  return {std::move(set), std::move(text)};
}

Reading read_number(const Match& match, std::size_t offset) {
  std::string whole;
  std::string places;
  for (const std::size_t i : {1U, 3U, 6U}) {
    if (whole.empty()) whole = group(match, offset + i);
  }
  for (const std::size_t i : {2U, 4U, 5U}) {
    if (places.empty()) places = group(match, offset + i);
  }
  if (whole.empty() && places.empty()) return {};
  whole = python::replace_all(python::replace_all(whole, ",", ""), " ", "");
  whole.erase(0, whole.find_first_not_of('0'));
  if (whole.empty()) whole = "0";
  std::string number = whole + python::replace_all(places, ",", ".");
  const std::string_view digits = std::string_view(number).substr(number.front() == '-' ? 1 : 0);
  const bool ascii =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  // Python reads no whole number with zeros before it.
  const bool leading_zero = places.empty() && digits.size() > 1 && digits.front() == '0' &&
                            digits.find_first_not_of('0') != std::string_view::npos;
  if (!ascii || leading_zero) throw util::InputError("a number that sympy does not read");
  Value value = make_value(make_number(number));
  if (!group(match, offset + 7).empty()) value = as_percent(std::move(value));
  return {std::move(value), std::move(number)};
}

Reading read_arithmetic(const std::string& text) {
  if (text.empty()) return {};
  std::string python = text;
  std::replace(python.begin(), python.end(), '\n', ' ');
  ExpressionPtr value = parse_arithmetic(python::strip(python::replace_all(python, "^", "**")));
  return {value ? std::optional(make_value(value)) : std::nullopt, text};
}

Reading read(const Match& match) {
  switch (match.pattern->target) {
    case Target::latex:
    case Target::last_box:
      return read_latex(match);
    case Target::number:
      return read_number(match, 0);
    case Target::arithmetic:
      return read_arithmetic(group(match, 1));
    case Target::either:
      break;
  }
  Reading number = read_number(match, 1);
  return number.text.empty() ? read_arithmetic(group(match, 1)) : number;
}

void find_matches(const Pattern& pattern, std::string_view text, std::vector<Match>& out) {
  Pcre::Search search(pattern.pcre, text);
  std::size_t from = 0;
  while (from <= text.size() && search.next(from)) {
    const auto range = search.match();
    Match match{range.begin, range.end, &pattern, {}};
    for (std::size_t i = 1; i <= pattern.pcre.groups(); ++i) {
      const auto part = search.group(i);
      match.groups.emplace_back(part ? text.substr(part->begin, part->end - part->begin)
                                     : std::string_view());
    }
    out.push_back(std::move(match));
    from = std::max(range.end, range.begin + 1);
  }
}

VerifyAnswer extracted(std::string_view text, const std::vector<Patterns>& priorities) {
  VerifyAnswer answer;
  for (const Patterns& patterns : priorities) {
    std::vector<Match> matches;
    for (const Pattern& pattern : patterns) find_matches(pattern, text, matches);
    std::stable_sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
      return a.end != b.end ? a.end > b.end : a.begin < b.begin;
    });
    for (const Match& match : matches) {
      Reading reading = read(match);
      if (!answer.text && !reading.text.empty()) answer.text = reading.text;
      if (!reading.value) continue;
      answer.value = std::move(reading.value);
      return answer;
    }
  }
  return answer;
}

VerifyAnswer parse_with(std::string_view text, const std::vector<Patterns>& patterns) {
  if (text.size() > verify_bytes_limit) return {};
  try {
    return extracted(util::replace_invalid_utf8(text), patterns);
  } catch (const util::InputError&) {
    return {};
  }
}

}  // namespace

VerifyAnswer math_verify_parse(std::string_view text) {
  static const std::vector<Patterns> patterns = all_patterns(Expressions::allowed);
  return parse_with(text, patterns);
}

VerifyAnswer math_verify_parse_latex(std::string_view text) {
  static const std::vector<Patterns> patterns = all_patterns(Expressions::excluded);
  return parse_with(text, patterns);
}

}  // namespace assay::eval::math
