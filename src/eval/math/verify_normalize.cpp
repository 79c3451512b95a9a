#include "eval/math/verify_normalize.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "eval/math/python_integer.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval::math {
namespace {

namespace python = text::python;

using Groups = PythonRegex::Groups;
constexpr std::size_t npos = std::string_view::npos;

std::string removed(const Groups&) {
  return {};
}
std::string first_group(const Groups& groups) {
  return groups[1];
}

// Where the brace at `open` closes, before `end`.
std::optional<std::size_t> closing_brace(std::string_view text, std::size_t open, std::size_t end) {
  std::size_t depth = 1;
  for (std::size_t i = open + 1; i < end; ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::nullopt;
}

// Whether a box belongs to the one behind it: near, or joined by "and", "or" or punctuation.
bool joined(std::string_view between, std::string_view content, std::string_view next) {
  static const PythonRegex separator(R"(\b(and|or)\b|,|;)");
  const std::size_t characters = python::length(between);
  return characters < 10 || (next != content && characters < 70 && !separator.find_all(between).empty());
}

constexpr std::string_view units[] = {"integerpoint",
                                      "feet",
                                      "sue",
                                      "digit",
                                      "pound",
                                      "meal",
                                      "edge",
                                      "student",
                                      "children ticket",
                                      "multiple",
                                      "east",
                                      "degree",
                                      "mph",
                                      "kmph",
                                      "ft",
                                      "m square",
                                      " m east",
                                      "sq m",
                                      "deg",
                                      "mile",
                                      "q .",
                                      "monkey",
                                      "prime",
                                      "ratio",
                                      "profit of rs",
                                      "rd",
                                      "o",
                                      "gm",
                                      "p . m",
                                      "lb",
                                      "tile",
                                      "per",
                                      "dm",
                                      "lt",
                                      "gain",
                                      "ab",
                                      "way",
                                      "west",
                                      "a .",
                                      "b .",
                                      "c .",
                                      "d .",
                                      "e .",
                                      "f .",
                                      "g .",
                                      "h .",
                                      "t",
                                      "h",
                                      "no change",
                                      "men",
                                      "soldier",
                                      "pie",
                                      "bc",
                                      "excess",
                                      "st",
                                      "inches",
                                      "noon",
                                      "cent",
                                      "by",
                                      "gal",
                                      "kmh",
                                      "c",
                                      "acre",
                                      "rise",
                                      "a . m",
                                      "th",
                                      "π r 2",
                                      "sq",
                                      "mark",
                                      "l",
                                      "toy",
                                      "coin",
                                      "sq . m",
                                      "gallon",
                                      "° f",
                                      "profit",
                                      "minw",
                                      "yr",
                                      "women",
                                      "am",
                                      "pm",
                                      "hr",
                                      "cu cm",
                                      "square",
                                      "v â € ™",
                                      "are",
                                      "rupee",
                                      "rounds",
                                      "cubic",
                                      "cc",
                                      "mtr",
                                      "s",
                                      "ohm",
                                      "number",
                                      "kmph",
                                      "day",
                                      "hour",
                                      "minute",
                                      "min",
                                      "second",
                                      "man",
                                      "woman",
                                      "sec",
                                      "cube",
                                      "mt",
                                      "sq inch",
                                      "mp",
                                      "∏ cm ³",
                                      "hectare",
                                      "more",
                                      "sec",
                                      "unit",
                                      "cu . m",
                                      "cm 2",
                                      "rs .",
                                      "rs",
                                      "kg",
                                      "g",
                                      "month",
                                      "km",
                                      "m",
                                      "cm",
                                      "mm",
                                      "apple",
                                      "liter",
                                      "loss",
                                      "yard",
                                      "pure",
                                      "year",
                                      "increase",
                                      "decrease",
                                      "d",
                                      "less",
                                      "Surface",
                                      "litre",
                                      "pi sq m",
                                      "s .",
                                      "metre",
                                      "meter",
                                      "inch"};

std::string unit_pattern() {
  std::string all;
  for (const std::string_view unit : units) all.append(all.empty() ? "" : "|").append(unit);
  return R"((\d|\}|\s)\s*(?:(?:)" + all + R"()(?:s|es)?)\s*$)";
}

// Pattern and what it becomes; of alternatives at one place the first counts.
constexpr std::pair<std::string_view, std::string_view> rewritten[] = {
    {R"(\\math(?:rm|it|bf))", "\\text"},
    {R"(\\text(?:normal|bf|it|rm))", "\\text"},
    {R"(\\(?:d|t|c)frac)", "\\frac"},
    {R"(\s\.)", " 0."},
    {R"(\{\.)", "{0."},
    {R"(~=)", "\\approx"},
    {R"(\s*\{\s*,\s*\})", ","},
    {R"((?<![a-zA-Z])(?:,?\s*(?:and|or))(?![a-zA-Z]))", ","},
    {R"((?:,?\s*\\text\{\s*(?:and|or)\s*\}))", ","},
    {R"((?<!\\)\\\s)", " "},
    {"infinity", "\\infty"},
    {R"(,?(?:\\ldots))", " "},
    {R"(\s*\bpercentage\b)", "\\%"},
    {R"(\\text\{percentage\})", "%"},
    {R"(\s*\bpercent\b)", "\\%"},
    {R"(\\text\{percent\})", "%"},
    {R"(\s*\bpct\b)", "\\%"},
    {R"(\\text\{pct\})", "%"},
    {R"((?<!\\)inf(?!inity))", "\\infty"},
    {" sqrt", "\\sqrt"}};

std::string rewritten_text(std::string_view text) {
  static const PythonRegex pattern([] {
    std::string all;
    for (const auto& [from, to] : rewritten) all.append(all.empty() ? "(" : "|(").append(from).append(")");
    return all;
  }());
  return pattern.substitute(text, [](const Groups& groups) {
    std::size_t which = 0;
    while (groups[which + 1].empty()) ++which;
    return std::string(rewritten[which].second);
  });
}

std::string basic(std::string text) {
  static const PythonRegex left(
      R"(\\m?left(\\\{|\{|\\\||\||\[|\(|\\rbracl|\\lgroup|\\lbrace|\\lbrack|\\vert|\\lvert|\\lceil|\\lfloor|\\langle|\\llcorner|\\ulcorner))");
  static const PythonRegex right(
      R"(\\m?right(\\\}|\}|\\\||\||\]|\)|\\rbrack|\\rgroup|\\rbrace|\\vert|\\rvert|\\rceil|\\rfloor|\\rangle|\\lrcorner|\\urcorner))");
  static const PythonRegex permutation(R"(\(([a-zA-Z0-9+\-*/\\ ]+?)\)_\{([a-zA-Z0-9+\-*/\\ ]+?)\})");
  static const PythonRegex useless(
      R"(\\mathrm\{th\}|\\!\s*|\\text\s*\{\s*\}|\\\$|\$|(?<!\\)["']|\\displaystyle)");
  static const PythonRegex doubled(R"(\\\\(?=[a-zA-Z]))");
  for (const auto& [from, to] :
       std::array<std::pair<const char*, const char*>, 5>{{{"\\mathrm{T}", "T"},
                                                           {"\\mathrm{d}", "d"},
                                                           {"{\\rm d}", "d"},
                                                           {"\\left[\\begin{matrix}", "\\begin{bmatrix}"},
                                                           {"\\end{matrix}\\right]", "\\end{bmatrix}"}}}) {
    text = python::replace_all(text, from, to);
  }
  text = right.substitute(left.substitute(text, first_group), first_group);
  text = permutation.substitute(text, [](const Groups& groups) {
    return "\\frac{(" + groups[1] + ")!}{((" + groups[1] + ")-(" + groups[2] + "))!}";
  });
  text = rewritten_text(useless.substitute(text, removed));
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\t', ' ');
  if (text.find("matrix") == npos)
    text = doubled.substitute(text, [](const Groups&) { return std::string("\\"); });
  return text;
}

std::string without_units(std::string text) {
  static const PythonRegex in_text(R"((\\(?:text|mbox)\{.*?\})(\^\d|\{\^\d\})?$)");
  static const PythonRegex plain(unit_pattern());
  const std::string bare(python::strip(in_text.substitute(text, removed)));
  if (!bare.empty()) text = bare;
  for (int i = 0; i < 2; ++i) {
    std::string shorter = plain.substitute(text, first_group);
    if (!shorter.empty()) text = std::move(shorter);
  }
  return text;
}

std::size_t character_size(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) ++size;
  return size;
}

std::string with_root_braces(const std::string& text) {
  const std::vector<std::string> parts = python::split(text, "\\sqrt");
  std::string out = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = python::lstrip(parts[i]);
    out += "\\sqrt";
    if (part.empty() || part.front() == '{' || part.front() == '[') {
      out += part;
    } else {
      const std::size_t first = character_size(part);
      out.append("{").append(part.substr(0, first)).append("}").append(part.substr(first));
    }
  }
  return out;
}

std::string with_fraction_braces(const std::string& text) {
  const std::vector<std::string> parts = python::split(text, "\\frac");
  std::string out = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = python::lstrip(parts[i]);
    out += "\\frac";
    if (!part.empty() && part.front() == '{') {
      out += part;
      continue;
    }
    if (part.empty() || character_size(part) == part.size()) return text;
    const std::size_t first = character_size(part);
    const std::size_t second = character_size(part.substr(first));
    out.append("{").append(part.substr(0, first)).append("}");
    if (part[first] == '{') {
      out += part.substr(first);
    } else {
      out.append("{").append(part.substr(first, second)).append("}").append(part.substr(first + second));
    }
  }
  return out;
}

std::string with_slash_fraction(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || text.find('/', slash + 1) != std::string::npos) return text;
  const std::string above = text.substr(0, slash);
  const std::string below = text.substr(slash + 1);
  const bool canonical =
      python_integer(above) == PythonInteger::canonical && python_integer(below) == PythonInteger::canonical;
  return canonical ? "\\frac{" + above + "}{" + below + "}" : text;
}

std::string with_operators(std::string text) {
  struct Rule {
    PythonRegex pattern;
    const char* before;
    const char* between;  ///< the two groups, or nullptr for one group
  };
  static const Rule rules[] = {{PythonRegex(R"(\^\s?\((.*?)\))"), "^{", nullptr},
                               {PythonRegex(R"(sqrt\s?\((.*?)\))"), "\\sqrt{", nullptr},
                               {PythonRegex(R"(\\frac\s?(\d)\s?(\d+))"), "\\frac{", "}{"},
                               {PythonRegex(R"(\\log_\s?(\d)\s?(\d+))"), "\\log_{", "}{"},
                               {PythonRegex(R"(\\frac\s?\{(.*?)\}\s?(\d))"), "\\frac{", "}{"},
                               {PythonRegex(R"(\\frac\s?(\d)\s?\{(.*?)\})"), "\\frac{", "}{"},
                               {PythonRegex(R"(\\sqrt\s?(\d))"), "\\sqrt{", nullptr}};
  for (const Rule& rule : rules) {
    text = rule.pattern.substitute(text, [&rule](const Groups& groups) {
      std::string out = rule.before + groups[1];
      if (rule.between != nullptr) out.append(rule.between).append(groups[2]);
      return out + "}";
    });
  }
  text = python::replace_all(text, " sqrt", "\\sqrt");
  return with_slash_fraction(with_fraction_braces(with_root_braces(text)));
}

}  // namespace

std::string boxed_contents(std::string_view text, Boxes boxes) {
  std::vector<std::string> results;  // from the last on
  std::optional<std::size_t> next_start;
  std::size_t end = text.size();
  static constexpr std::string_view frame = "\\fbox";
  std::size_t framed = text.rfind(frame);  // searched again only where it has passed: boxes may be many
  while (true) {
    const std::string_view before = text.substr(0, next_start.value_or(text.size()));
    const std::size_t boxed = before.rfind("\\boxed");
    if (framed != npos && framed + frame.size() > before.size()) framed = before.rfind(frame);
    if (boxed == npos && framed == npos) break;
    const bool is_boxed = framed == npos || (boxed != npos && boxed > framed);
    const std::size_t start = is_boxed ? boxed : framed;
    const std::string_view rest = text.substr(0, end).substr(start + (is_boxed ? 6 : 5));
    const std::size_t open = end - python::lstrip(rest).size();
    if (open >= end) break;
    const auto close = text[open] == '{' ? closing_brace(text, open, end) : std::nullopt;
    if (!close) {
      if (results.empty()) results.emplace_back(text.substr(open));
      break;
    }
    const std::string_view content = python::strip(text.substr(open + 1, *close - open - 1));
    if (boxes == Boxes::last && next_start &&
        !joined(text.substr(*close + 1, *next_start - *close - 1), content,
                results.empty() ? "" : results.back())) {
      break;
    }
    if (results.empty() || results.back() != content) results.emplace_back(content);
    next_start = end = start;
  }
  if (results.empty()) return std::string(text);
  std::string out;
  for (auto result = results.rbegin(); result != results.rend(); ++result) {
    if (result != results.rbegin()) out += ',';
    out += *result;
  }
  return out;
}

std::string normalize_latex(std::string_view text, Boxes boxes) {
  std::string out = without_units(basic(boxed_contents(text, boxes)));
  if (out.starts_with('.')) out.insert(0, 1, '0');
  if (out == "0.5") out = "\\frac{1}{2}";
  return std::string(python::strip(with_operators(std::move(out))));
}

}  // namespace assay::eval::math
