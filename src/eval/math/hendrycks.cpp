#include "eval/math/hendrycks.hpp"

#include <cstddef>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/utf8.hpp"
#include "eval/math/python_integer.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval::math {
namespace {

namespace python = text::python;

constexpr std::string_view boxed_space = "\\boxed ";

enum class SlashErrors { raise, ignore };

std::size_t first_character(std::string_view text) {
  return util::scan_utf8(text, 0).size;
}

// "\boxed{...}" from the last command on, or from the last \fbox where there is none.
std::optional<std::string> balanced_box(std::string_view text) {
  std::size_t from = text.rfind("\\boxed");
  if (from == std::string_view::npos) from = text.rfind("\\fbox");
  if (from == std::string_view::npos) return std::nullopt;
  std::ptrdiff_t open = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] == '{') ++open;
    if (text[i] == '}' && --open == 0) return std::string(text.substr(from, i + 1 - from));
  }
  return std::nullopt;
}

// \frac1b, \frac12, \frac1{72}: braces around one-character arguments.
std::optional<std::string> fix_fractions(const std::string& text) {
  const std::vector<std::string> parts = python::split(text, "\\frac");
  std::string out = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    if (part.empty()) return std::nullopt;
    out += "\\frac";
    if (part.front() == '{') {
      out += part;
      continue;
    }
    const std::size_t first = first_character(part);
    if (first == part.size()) return text;
    const std::size_t second = first_character(part.substr(first));
    out.append("{").append(part.substr(0, first)).append("}");
    if (part[first] == '{') {
      out += part.substr(first);
    } else {
      out.append("{").append(part.substr(first, second)).append("}").append(part.substr(first + second));
    }
  }
  return out;
}

// a/b of two whole numbers.
std::optional<std::string> fix_slash(const std::string& text, SlashErrors errors) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || text.find('/', slash + 1) != std::string::npos) return text;
  const std::string_view view = text;
  const PythonInteger above = python_integer(view.substr(0, slash));
  const PythonInteger below = python_integer(view.substr(slash + 1));
  if (above == PythonInteger::error || below == PythonInteger::error) {
    if (errors == SlashErrors::raise) return std::nullopt;
    return text;
  }
  if (above == PythonInteger::other || below == PythonInteger::other) return text;
  return "\\frac{" + text.substr(0, slash) + "}{" + text.substr(slash + 1) + "}";
}

std::optional<std::string> fix_roots(const std::string& text) {
  const std::vector<std::string> parts = python::split(text, "\\sqrt");
  std::string out = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    if (part.empty()) return std::nullopt;
    out += "\\sqrt";
    if (part.front() == '{') {
      out += part;
    } else {
      const std::size_t first = first_character(part);
      out.append("{").append(part.substr(0, first)).append("}").append(part.substr(first));
    }
  }
  return out;
}

// "k = 5" is 5 where what stands before the only "=" is short.
std::string without_name(std::string text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || text.find('=', equals + 1) != std::string::npos) return text;
  if (python::length(std::string_view(text).substr(0, equals)) > 2) return text;
  return text.substr(equals + 1);
}

std::optional<std::string> strip_with(std::string_view given, SlashErrors errors) {
  static constexpr std::pair<std::string_view, std::string_view> before_units[] = {
      {"\n", ""},     {"\\!", ""},     {"\\\\", "\\"},    {"tfrac", "frac"}, {"dfrac", "frac"},
      {"\\left", ""}, {"\\right", ""}, {"^{\\circ}", ""}, {"^\\circ", ""},   {"\\$", ""}};
  static constexpr std::pair<std::string_view, std::string_view> behind_units[] = {
      {"\\%", ""}, {" .", " 0."}, {"{.", "{0."}};
  std::string text(given);
  for (const auto& [from, to] : before_units) text = python::replace_all(text, from, to);
  if (const std::vector<std::string> parts = python::split(text, "\\text{ "); parts.size() > 1) {
    if (parts.size() > 2) return std::nullopt;
    text = parts[0];
  }
  for (const auto& [from, to] : behind_units) text = python::replace_all(text, from, to);
  if (text.empty()) return text;
  if (text.front() == '.') text.insert(0, 1, '0');
  std::optional<std::string> fixed = fix_roots(without_name(std::move(text)));
  if (!fixed) return std::nullopt;
  fixed = fix_fractions(python::replace_all(*fixed, " ", ""));
  if (!fixed) return std::nullopt;
  if (*fixed == "0.5") *fixed = "\\frac{1}{2}";
  return fix_slash(*fixed, errors);
}

bool equal_by(const std::optional<std::string>& left, const std::optional<std::string>& right,
              SlashErrors errors) {
  if (!left || !right) return left.has_value() == right.has_value();
  const auto a = strip_with(*left, errors);
  const auto b = strip_with(*right, errors);
  return a && b ? *a == *b : *left == *right;
}

std::string behind_last_equals(std::string_view text) {
  std::string_view rest = text.substr(text.rfind('=') + 1);
  const std::size_t start = rest.find_first_not_of(' ');
  return std::string(start == std::string_view::npos ? std::string_view() : rest.substr(start));
}

std::string behind_equals(std::string_view text) {
  return text.find('=') == std::string_view::npos ? std::string(text) : behind_last_equals(text);
}

// Between the first and the last dollar sign of the last line that has two.
std::optional<std::string> last_formula(std::string_view text) {
  for (std::size_t end = text.size();;) {
    const std::size_t line = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
    const std::size_t begin = line == std::string_view::npos ? 0 : line + 1;
    const std::string_view view = text.substr(begin, end - begin);
    const std::size_t first = view.find('$');
    if (first != view.rfind('$')) return behind_equals(view.substr(first + 1, view.rfind('$') - first - 1));
    if (line == std::string_view::npos) return std::nullopt;
    end = line;
  }
}

std::optional<std::string> last_value(std::string_view text) {
  if (text.find('=') != std::string_view::npos) {
    std::string value = behind_last_equals(text);
    value.erase(value.find_last_not_of('.') + 1);
    return value.substr(0, value.find("\\n"));
  }
  static const PythonRegex number(R"((?:\$)?\d+(?:\.\d+)?(?![\w\d]))");
  const auto found = number.find_all(text);
  if (found.empty()) return std::nullopt;
  return found.back()[0];
}

}  // namespace

std::optional<std::string> last_boxed(std::string_view text) {
  if (const std::size_t at = text.rfind(boxed_space); at != std::string_view::npos) {
    const std::string_view rest = text.substr(at + boxed_space.size());
    return std::string(boxed_space).append(rest.substr(0, rest.find('$')));
  }
  return balanced_box(text);
}

std::optional<std::string> remove_boxed(std::string_view text) {
  static constexpr std::string_view left = "\\boxed{";
  if (text.find(boxed_space) != std::string_view::npos) {
    if (!text.starts_with(boxed_space)) return std::nullopt;
    return std::string(text.substr(boxed_space.size()));
  }
  if (!text.starts_with(left) || !text.ends_with('}')) return std::nullopt;
  return std::string(text.substr(left.size(), text.size() - left.size() - 1));
}

std::optional<std::string> boxed_answer(std::string_view solution) {
  const auto box = last_boxed(solution);
  return box ? remove_boxed(*box) : std::nullopt;
}

std::optional<std::string> strip_string(std::string_view text) {
  return strip_with(text, SlashErrors::raise);
}

bool is_equiv(const std::optional<std::string>& left, const std::optional<std::string>& right) {
  return equal_by(left, right, SlashErrors::raise);
}

std::string response_answer(std::string_view response) {
  const std::size_t first = response.find('$');
  const std::size_t last = response.rfind('$');
  if (first == last) return std::string(response);
  return std::string(response.substr(first + 1, last - first - 1));
}

std::string aime_answer(std::string_view response) {
  const auto boxed = boxed_answer(response);
  return boxed ? *boxed : response_answer(response);
}

std::optional<std::string> agieval_answer(std::string_view text) {
  if (text.find("\\boxed") != std::string_view::npos) {
    static constexpr std::string_view left = "\\boxed{";
    const auto box = balanced_box(text);
    if (!box || !box->starts_with(left)) return std::nullopt;
    return behind_equals(std::string_view(*box).substr(left.size(), box->size() - left.size() - 1));
  }
  const auto formula = last_formula(text);
  return formula && !formula->empty() ? formula : last_value(text);
}

bool agieval_is_equiv(std::string_view left, std::string_view right) {
  return equal_by(agieval_answer(left), agieval_answer(right), SlashErrors::ignore);
}

}  // namespace assay::eval::math
