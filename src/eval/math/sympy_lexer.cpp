#include "eval/math/sympy_lexer.hpp"

#include <algorithm>

#include <cstddef>
#include <optional>
#include <utility>

namespace assay::eval::math {
namespace {

using enum SympyToken;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr std::string_view skipped[] = {"\\thinspace", "\\medspace",     "\\thickspace",  "\\quad",
                                        "\\qquad",     "\\negthinspace", "\\negmedspace", "\\negthickspace",
                                        "\\left",      "\\right",        "\\vrule",       "\\vcenter",
                                        "\\vbox",      "\\vskip",        "\\vspace",      "\\hfil"};

constexpr std::pair<std::string_view, SympyToken> commands[] = {{"\\langle", other},
                                                                {"\\rangle", other},
                                                                {"\\lim", other},
                                                                {"\\to", other},
                                                                {"\\rightarrow", other},
                                                                {"\\Rightarrow", other},
                                                                {"\\longrightarrow", other},
                                                                {"\\Longrightarrow", other},
                                                                {"\\int", other},
                                                                {"\\sum", other},
                                                                {"\\prod", other},
                                                                {"\\exp", function},
                                                                {"\\log", function},
                                                                {"\\lg", function},
                                                                {"\\ln", function},
                                                                {"\\sin", function},
                                                                {"\\cos", function},
                                                                {"\\tan", function},
                                                                {"\\csc", function},
                                                                {"\\sec", function},
                                                                {"\\cot", function},
                                                                {"\\arcsin", function},
                                                                {"\\arccos", function},
                                                                {"\\arctan", function},
                                                                {"\\arccsc", function},
                                                                {"\\arcsec", function},
                                                                {"\\arccot", function},
                                                                {"\\sinh", function},
                                                                {"\\cosh", function},
                                                                {"\\tanh", function},
                                                                {"\\arsinh", function},
                                                                {"\\arcosh", function},
                                                                {"\\artanh", function},
                                                                {"\\lfloor", floor_open},
                                                                {"\\rfloor", floor_close},
                                                                {"\\lceil", ceiling_open},
                                                                {"\\rceil", ceiling_close},
                                                                {"\\sqrt", root},
                                                                {"\\overline", overline},
                                                                {"\\times", multiply},
                                                                {"\\cdot", multiply},
                                                                {"\\div", divide},
                                                                {"\\frac", fraction},
                                                                {"\\dfrac", fraction},
                                                                {"\\tfrac", fraction},
                                                                {"\\binom", binomial},
                                                                {"\\dbinom", binomial},
                                                                {"\\tbinom", binomial},
                                                                {"\\mathit", mathit},
                                                                {"\\neq", relation},
                                                                {"\\leq", relation},
                                                                {"\\le", relation},
                                                                {"\\leqq", relation},
                                                                {"\\leqslant", relation},
                                                                {"\\geq", relation},
                                                                {"\\ge", relation},
                                                                {"\\geqq", relation},
                                                                {"\\geqslant", relation}};

// A token and its length; no token for what the lexer skips.
struct Scan {
  std::optional<SympyToken> token;
  std::size_t size;
};

Scan scan_command(std::string_view rest) {
  if (rest.size() < 2) return {error, 1};
  if (!is_letter(rest[1])) {
    if (rest[1] == '{') return {open_literal_brace, 2};
    if (rest[1] == '}') return {close_literal_brace, 2};
    static constexpr std::string_view spaces = ",:;!*-./\"(=";
    if (spaces.find(rest[1]) != std::string_view::npos) return {std::nullopt, 2};
    return {error, 1};
  }
  std::size_t size = 1;
  while (size < rest.size() && is_letter(rest[size])) ++size;
  const std::string_view name = rest.substr(0, size);
  if ((name == "\\left" || name == "\\right") && rest.size() > size && rest[size] == '|')
    return {other, size + 1};
  for (const std::string_view skip : skipped) {
    if (name == skip) return {std::nullopt, size};
  }
  for (const auto& [command, token] : commands) {
    if (name == command) return {token, size};
  }
  return {symbol, size};
}

// "d" and a letter or command behind any white space; 0 if it is the letter alone.
std::size_t differential_size(std::string_view rest) {
  std::size_t at = 1;
  while (at < rest.size() && is_space(rest[at])) ++at;
  if (at == rest.size()) return 0;
  if (is_letter(rest[at])) return at + 1;
  if (rest[at] != '\\') return 0;
  std::size_t end = at + 1;
  while (end < rest.size() && is_letter(rest[end])) ++end;
  return end > at + 1 ? end : 0;
}

// "=" with an ampersand on its one or other side.
std::size_t equal_size(std::string_view rest) {
  std::size_t at = 1;
  while (at < rest.size() && is_space(rest[at])) ++at;
  const char wanted = rest.front() == '&' ? '=' : '&';
  if (at < rest.size() && rest[at] == wanted) return at + 1;
  return rest.front() == '=' ? 1 : 0;
}

SympyToken single(char c) {
  switch (c) {
    case '+':
      return add;
    case '-':
      return subtract;
    case '*':
      return multiply;
    case '/':
    case ':':
      return divide;
    case '(':
      return open_parenthesis;
    case ')':
      return close_parenthesis;
    case '{':
      return open_brace;
    case '}':
      return close_brace;
    case '[':
      return open_bracket;
    case ']':
      return close_bracket;
    case '|':
      return bar;
    case '_':
      return underscore;
    case '^':
      return caret;
    case ',':
      return comma;
    case '.':
      return period;
    case '<':
    case '>':
      return relation;
    case '!':
      return bang;
    default:
      break;
  }
  if (c >= '0' && c <= '9') return digit;
  return is_letter(c) ? letter : error;
}

Scan scan(std::string_view rest) {
  const char c = rest.front();
  if (is_space(c)) return {std::nullopt, 1};
  if (c == '\\') return scan_command(rest);
  if (c == '=' || c == '&') {
    const std::size_t size = equal_size(rest);
    return size == 0 ? Scan{error, 1} : Scan{relation, size};
  }
  if (c == 'd') {
    if (const std::size_t size = differential_size(rest)) return {differential, size};
  }
  if (c == '\'') return {quotes, std::min(rest.find_first_not_of('\''), rest.size())};
  return {single(c), 1};
}

}  // namespace

std::vector<SympyLexeme> sympy_tokens(std::string_view text, std::size_t limit) {
  std::vector<SympyLexeme> out;
  while (!text.empty()) {
    const Scan found = scan(text);
    if (found.token) {
      if (out.size() == limit) {
        out.push_back({error, {}});
        return out;
      }
      out.push_back({*found.token, text.substr(0, found.size)});
      if (*found.token == error) return out;
    }
    text.remove_prefix(found.size);
  }
  out.push_back({end, {}});
  return out;
}

}  // namespace assay::eval::math
