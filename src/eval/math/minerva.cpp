#include "eval/math/minerva.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/utf8.hpp"
#include "eval/math/equality.hpp"
#include "eval/math/hendrycks.hpp"
#include "eval/math/sympy_latex.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval::math {
namespace {

namespace python = text::python;

using Groups = PythonRegex::Groups;

constexpr std::pair<std::string_view, std::string_view> substitutions[] = {
    {"an ", ""}, {"a ", ""},       {".$", "$"},           {"\\$", ""},          {"\\ ", ""},
    {" ", ""},   {"mbox", "text"}, {",\\text{and}", ","}, {"\\text{and}", ","}, {"\\text{m}", "\\text{}"}};

constexpr std::string_view removed[] = {"square",       "ways",
                                        "integers",     "dollars",
                                        "mph",          "inches",
                                        "ft",           "hours",
                                        "km",           "units",
                                        "\\ldots",      "sue",
                                        "points",       "feet",
                                        "minutes",      "digits",
                                        "cents",        "degrees",
                                        "cm",           "gm",
                                        "pounds",       "meters",
                                        "meals",        "edges",
                                        "students",     "childrentickets",
                                        "multiples",    "\\text{s}",
                                        "\\text{.}",    "\\text{\ns}",
                                        "\\text{}^2",   "\\text{}^3",
                                        "\\text{\n}",   "\\text{}",
                                        "\\mathrm{th}", "^\\circ",
                                        "^{\\circ}",    "\\;",
                                        ",\\!",         "{,}",
                                        "\"",           "\\dots"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_letter);
}

std::string keep_second(const Groups& groups) {
  return groups[2];
}

// Units as whole words, not the name of a command.
std::string without_unit_words(std::string text) {
  static const std::vector<PythonRegex> words = [] {
    std::vector<PythonRegex> patterns;
    for (const std::string_view unit : removed) {
      if (is_word(unit)) patterns.emplace_back("(?<!\\\\)\\b" + std::string(unit) + "\\b");
    }
    return patterns;
  }();
  for (const PythonRegex& word : words) {
    text = word.substitute(text, [](const Groups&) { return std::string(); });
  }
  return text;
}

// Removes `unit` everywhere but in names of commands.
std::string without_unit(std::string_view text, std::string_view unit) {
  std::string out;
  std::size_t plain = 0;  // start of text outside commands
  const auto flush = [&](std::size_t end) {
    out += python::replace_all(text.substr(plain, end - plain), unit, "");
  };
  for (std::size_t i = 0; i + 1 < text.size();) {
    if (text[i] != '\\' || !is_letter(text[i + 1])) {
      ++i;
      continue;
    }
    flush(i);
    std::size_t end = i + 1;
    while (end < text.size() && is_letter(text[end])) ++end;
    out += text.substr(i, end - i);
    i = plain = end;
  }
  flush(text.size());
  return out;
}

// re.sub(r"(.*?)(\$)(.*?)(\$)(.*)", r"$\3$", text): of every line with two dollar signs, what the first two
// enclose.
std::string only_formulas(std::string_view text) {
  std::string out;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::size_t first = line.find('$');
    const std::size_t second = first == std::string_view::npos ? first : line.find('$', first + 1);
    out += second == std::string_view::npos ? line : line.substr(first, second + 1 - first);
    if (end == text.size()) return out;
    out += '\n';
    begin = end + 1;
  }
}

std::string without_wrappers(std::string text) {
  static const PythonRegex wrappers[] = {
      PythonRegex(R"((\\text\{)(.*?)(\}))"), PythonRegex(R"((\\textbf\{)(.*?)(\}))"),
      PythonRegex(R"((\\overline\{)(.*?)(\}))"), PythonRegex(R"((\\boxed\{)(.*)(\}))")};
  for (const PythonRegex& wrapper : wrappers) text = wrapper.substitute(text, keep_second);
  return text;
}

// Braces for the one-character arguments of \frac and \sqrt.
std::string with_braces(std::string text, MinervaRules rules) {
  static const PythonRegex fraction("(frac)([^{])(.)");
  static const PythonRegex indexed_root(R"((sqrt)(\[[^\]]*\])(\w))");
  static const PythonRegex root(R"((sqrt)(?!\[)([^{]))");
  static const PythonRegex any_root("(sqrt)([^{])");
  const auto braced_root = [](const Groups& groups) { return "sqrt{" + groups[2] + "}"; };
  text = fraction.substitute(
      text, [](const Groups& groups) { return "frac{" + groups[2] + "}{" + groups[3] + "}"; });
  if (rules == MinervaRules::leaderboard) return any_root.substitute(text, braced_root);
  text = indexed_root.substitute(
      text, [](const Groups& groups) { return groups[1] + groups[2] + "{" + groups[3] + "}"; });
  return root.substitute(text, braced_root);
}

std::string without_commas(std::string text, MinervaRules rules) {
  static const PythonRegex thousands(R"(\A-?\d{1,3}(,\d{3})+\Z)");
  static const PythonRegex digits(R"(\A[\d,]*\d[\d,]*\Z)");
  const PythonRegex& number = rules == MinervaRules::leaderboard ? digits : thousands;
  return number.find_all(text).empty() ? text : python::replace_all(text, ",", "");
}

std::string normalized(std::string_view answer, MinervaRules rules) {
  std::string text(answer.substr(answer.rfind('=') + 1));
  const bool words = rules == MinervaRules::minerva_math;
  if (words) text = without_unit_words(std::move(text));
  for (const auto& [from, to] : substitutions) text = python::replace_all(text, from, to);
  for (const std::string_view unit : removed) {
    text = words && is_word(unit) ? without_unit(text, unit) : python::replace_all(text, unit, "");
  }
  text = with_braces(without_wrappers(only_formulas(text)), rules);
  return without_commas(python::replace_all(text, "$", ""), rules);
}

}  // namespace

std::string get_unnormalized_answer(std::string_view response) {
  static constexpr std::string_view before = "Final Answer: The final answer is";
  static constexpr std::string_view after = " I hope it is correct";
  const std::string text = std::string(response) + "I hope it is correct.";
  const std::string_view view = text;
  std::size_t from = 0;
  while ((from = view.find(before, from)) != std::string_view::npos) {
    const std::size_t begin = from + before.size();
    const std::size_t line_end = std::min(view.find('\n', begin), view.size());
    const std::string_view line = view.substr(begin, line_end - begin);
    // One character of any kind on either side of the words.
    for (std::size_t at = line.find(after, 1); at != std::string_view::npos; at = line.find(after, at + 1)) {
      if (at + after.size() == line.size()) break;
      std::size_t dot = at - 1;
      while (dot > 0 && (static_cast<unsigned char>(line[dot]) & 0xC0U) == 0x80U) --dot;
      return std::string(python::strip(line.substr(0, dot)));
    }
    from = line_end;
  }
  return std::string(invalid_answer);
}

std::optional<std::string> normalize_final_answer(std::string_view answer, MinervaRules rules) {
  if (answer.size() > answer_bytes_limit) return std::nullopt;
  try {
    return normalized(answer, rules);
  } catch (const util::InputError&) {
    return std::nullopt;
  }
}

std::optional<std::string> minerva_gold(std::string_view solution) {
  const auto boxed = boxed_answer(solution);
  return boxed ? normalize_final_answer(*boxed) : std::nullopt;
}

std::string leaderboard_gold(std::string_view solution) {
  return boxed_answer(solution).value_or(std::string(invalid_answer));
}

bool minerva_is_equiv(std::string_view left, std::string_view right, MinervaRules rules) {
  if (rules == MinervaRules::minerva_math && !left.empty() && left == right) return true;
  const ExpressionPtr a = parse_sympy_latex(left);
  const ExpressionPtr b = parse_sympy_latex(right);
  return a && b && is_equal(*a, *b, Variables::complex);
}

bool minerva_exact_match(std::string_view response, std::string_view gold) {
  const auto answer = normalize_final_answer(get_unnormalized_answer(response));
  return answer && minerva_is_equiv(*answer, gold);
}

bool leaderboard_exact_match_original(std::string_view response, std::string_view gold) {
  const auto answer = normalize_final_answer(get_unnormalized_answer(response), MinervaRules::leaderboard);
  const auto wanted = normalize_final_answer(gold, MinervaRules::leaderboard);
  if (!answer || !wanted || *answer == invalid_answer) return false;
  return python::strip(*answer) == python::strip(*wanted) ||
         minerva_is_equiv(*answer, *wanted, MinervaRules::leaderboard);
}

}  // namespace assay::eval::math
