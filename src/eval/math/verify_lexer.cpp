#include "eval/math/verify_lexer.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace assay::eval::math {
namespace {

using enum VerifyToken;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The longest that fits counts. `end` marks what is skipped.
constexpr std::pair<std::string_view, VerifyToken> fixed[] = {
    {"\\,", end},
    {"\\:", end},
    {"\\;", end},
    {"\\!", end},
    {"\\$", end},
    {"\\thinspace", end},
    {"\\medspace", end},
    {"\\thickspace", end},
    {"\\quad", end},
    {"\\qquad", end},
    {"\\negthinspace", end},
    {"\\negmedspace", end},
    {"\\negthickspace", end},
    {"\\vrule", end},
    {"\\vcenter", end},
    {"\\vbox", end},
    {"\\vskip", end},
    {"\\vspace", end},
    {"\\hfil", end},
    {"+", add},
    {"∔", add},
    {"⊕", add},
    {"⊞", add},
    {"-", subtract},
    {"−", subtract},
    {"∸", subtract},
    {"*", multiply},
    {"×", multiply},
    {"⋅", multiply},
    {"⋄", multiply},
    {"⊡", multiply},
    {"∗", multiply},
    {"⋆", multiply},
    {"∘", multiply},
    {"∙", multiply},
    {"⊗", multiply},
    {"⊠", multiply},
    {"\\times", multiply},
    {"\\cdot", multiply},
    {"/", divide},
    {"÷", divide},
    {"∕", divide},
    {"\\over", divide},
    {"\\div", divide},
    {":", divide},
    {"\\mod", modulo},
    {"(", open_parenthesis},
    {")", close_parenthesis},
    {"\\(", open_parenthesis},
    {"\\)", close_parenthesis},
    {"\\lgroup", open_parenthesis},
    {"\\rgroup", close_parenthesis},
    {"{", open_brace},
    {"}", close_brace},
    {"\\{", open_visual_brace},
    {"\\}", close_visual_brace},
    {"\\lbrace", open_visual_brace},
    {"\\rbrace", close_visual_brace},
    {"[", open_bracket},
    {"]", close_bracket},
    {"\\lbrack", open_bracket},
    {"\\rbrack", close_bracket},
    {"\\phantom", boxed},
    {"\\boxed", boxed},
    {"|", bar},
    {"\\vert", bar},
    {"\\lvert", left_bar},
    {"\\rvert", right_bar},
    {"\\|", norm},
    {"\\langle", open_angle},
    {"\\rangle", close_angle},
    {"\\lfloor", open_floor},
    {"\\rfloor", close_floor},
    {"\\llcorner", open_floor},
    {"\\lrcorner", close_floor},
    {"\\lceil", open_ceiling},
    {"\\rceil", close_ceiling},
    {"\\ulcorner", open_ceiling},
    {"\\urcorner", close_ceiling},
    {"\\lim", other},
    {"\\to", other},
    {"\\rightarrow", other},
    {"\\int", other},
    {"\\sum", other},
    {"\\prod", other},
    {"\\log", function},
    {"\\ln", function},
    {"\\exp", function},
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
    {"\\arcsinh", function},
    {"\\arccosh", function},
    {"\\arctanh", function},
    {"\\floor", function},
    {"\\ceil", function},
    {"\\gcd", list_function},
    {"\\lcm", list_function},
    {"\\max", list_function},
    {"\\min", list_function},
    {"\\det", other},
    {"\\operatorname", operator_name},
    {"\\sqrt", root},
    {"\\frac", fraction},
    {"\\dfrac", fraction},
    {"\\tfrac", fraction},
    {"\\cfrac", fraction},
    {"\\binom", binomial},
    {"\\tbinom", binomial},
    {"\\dbinom", binomial},
    {"\\choose", choose},
    {"\\begin{matrix}", matrix_start},
    {"\\begin{pmatrix}", matrix_start},
    {"\\begin{bmatrix}", matrix_start},
    {"\\end{matrix}", matrix_end},
    {"\\end{pmatrix}", matrix_end},
    {"\\end{bmatrix}", matrix_end},
    {"\\end{array}", matrix_end},
    {"&", column},
    {"\\\\", row},
    {"_", underscore},
    {"^", caret},
    {"^T", transpose},
    {"^{T}", transpose},
    {"'", transpose},
    {"^\\circ", degree},
    {"^\\degree", degree},
    {"^\\circle", degree},
    {"^°", degree},
    {"^{\\circ}", degree},
    {"^{\\degree}", degree},
    {"^{\\circle}", degree},
    {"^{°}", degree},
    {",", comma},
    {";", semicolon},
    {"e", exponential},
    {"\\exponentialE", exponential},
    {"E", capital_e},
    {"\\in", in},
    {"\\notin", not_in},
    {"∉", not_in},
    {"=", comparison},
    {"≡", comparison},
    {"==", comparison},
    {"\\equiv", comparison},
    {"~=", approximately},
    {"≈", approximately},
    {"≃", approximately},
    {"≅", approximately},
    {"\\approx", approximately},
    {"<", comparison},
    {"\\lt", comparison},
    {"\\leq", comparison},
    {"\\le", comparison},
    {"\\leqslant", comparison},
    {"≤", comparison},
    {"≦", comparison},
    {"<=", comparison},
    {">", comparison},
    {"\\gt", comparison},
    {"\\geq", comparison},
    {"\\ge", comparison},
    {"\\geqslant", comparison},
    {"≥", comparison},
    {"≧", comparison},
    {">=", comparison},
    {"!=", comparison},
    {"!==", comparison},
    {"\\ne", comparison},
    {"\\neq", comparison},
    {"≠", comparison},
    {"!", bang},
    {"\\infty", infinity},
    {"\\partial", other},
    {"\\mathbb{N}", named_set},
    {"ℕ", named_set},
    {"\\mathbb{Z}", named_set},
    {"ℤ", named_set},
    {"\\mathbb{Q}", named_set},
    {"ℚ", named_set},
    {"\\mathbb{R}", named_set},
    {"ℝ", named_set},
    {"\\mathbb{C}", named_set},
    {"ℂ", named_set},
    {"\\emptyset", named_set},
    {"∅", named_set},
    {"\\{\\}", named_set},
    {"\\lbrace\\rbrace", named_set},
    {"\\cup", unite},
    {"∪", unite},
    {"\\cap", intersect},
    {"∩", intersect},
    {"\\setminus", set_minus},
    {"∖", set_minus},
    {"\\pm", plus_minus},
    {"±", plus_minus},
    {"∓", plus_minus},
    {"\\mp", plus_minus},
    {"\\subseteq", other},
    {"\\supseteq", other},
    {"\\Gamma", gamma},
    {"\\gamma", gamma},
    // Names for \operatorname, which are tokens wherever they stand.
    {"arsinh", other},
    {"arcsinh", other},
    {"arcosh", other},
    {"arccosh", other},
    {"artanh", other},
    {"arctanh", other},
    {"gcd", other},
    {"lcm", other},
    {"floor", other},
    {"ceil", other},
    {"eye", other},
    {"zeros", other},
    {"ones", other},
    {"cols", other},
    {"rows", other},
    {"diag", other},
    {"norm", other},
    {"rank", other},
    {"trace", other},
    {"tr", other},
    {"rref", other},
    {"hstack", other},
    {"vstack", other},
    {"orth", other},
    {"ortho", other},
    {"eig", other},
    {"eigen", other},
    {"svd", other},
    {"SVD", other},
    {"matrix", other},
    {"pmatrix", other},
    {"bmatrix", other},
    {"vmatrix", other},
    {"<->", other},
    {"<=>", other}};

constexpr std::string_view symbols[] = {"\\alpha",
                                        "α",
                                        "\\beta",
                                        "β",
                                        "γ",
                                        "Γ",
                                        "\\delta",
                                        "δ",
                                        "\\Delta",
                                        "Δ",
                                        "\\epsilon",
                                        "ε",
                                        "\\varepsilon",
                                        "ϵ",
                                        "\\zeta",
                                        "ζ",
                                        "\\eta",
                                        "η",
                                        "\\theta",
                                        "θ",
                                        "\\Theta",
                                        "Θ",
                                        "\\vartheta",
                                        "ϑ",
                                        "\\iota",
                                        "ι",
                                        "\\kappa",
                                        "κ",
                                        "\\lambda",
                                        "λ",
                                        "\\Lambda",
                                        "Λ",
                                        "\\mu",
                                        "μ",
                                        "\\nu",
                                        "ν",
                                        "\\xi",
                                        "ξ",
                                        "\\Xi",
                                        "Ξ",
                                        "\\omicron",
                                        "ο",
                                        "\\pi",
                                        "π",
                                        "\\Pi",
                                        "Π",
                                        "\\varpi",
                                        "ϖ",
                                        "\\rho",
                                        "ρ",
                                        "\\varrho",
                                        "ϱ",
                                        "\\sigma",
                                        "σ",
                                        "\\Sigma",
                                        "Σ",
                                        "\\varsigma",
                                        "ς",
                                        "\\tau",
                                        "τ",
                                        "\\upsilon",
                                        "υ",
                                        "\\Upsilon",
                                        "Υ",
                                        "\\phi",
                                        "φ",
                                        "\\Phi",
                                        "Φ",
                                        "\\varphi",
                                        "ϕ",
                                        "\\chi",
                                        "χ",
                                        "\\psi",
                                        "ψ",
                                        "\\Psi",
                                        "Ψ",
                                        "\\omega",
                                        "ω",
                                        "\\Omega",
                                        "Ω",
                                        "\\Bbbk",
                                        "\\wp",
                                        "\\nabla",
                                        "\\bigstar",
                                        "\\angle",
                                        "\\nexists",
                                        "\\diagdown",
                                        "\\measuredangle",
                                        "\\eth",
                                        "\\diagup",
                                        "\\sphericalangle",
                                        "\\clubsuit",
                                        "\\varnothing",
                                        "\\Diamond",
                                        "\\complement",
                                        "\\diamondsuit",
                                        "\\imath",
                                        "\\Finv",
                                        "\\triangledown",
                                        "\\heartsuit",
                                        "\\jmath",
                                        "\\Game",
                                        "\\triangle",
                                        "\\spadesuit",
                                        "\\ell",
                                        "\\hbar",
                                        "\\vartriangle",
                                        "\\hslash",
                                        "\\blacklozenge",
                                        "\\lozenge",
                                        "\\blacksquare",
                                        "\\mho",
                                        "\\blacktriangle",
                                        "\\sharp",
                                        "\\prime",
                                        "\\Im",
                                        "\\flat",
                                        "\\square",
                                        "\\backprime",
                                        "\\Re",
                                        "\\natural",
                                        "\\surd",
                                        "\\circledS"};

constexpr std::string_view accents[] = {
    "\\acute",      "\\bar",        "\\overline", "\\breve",          "\\check",
    "\\widecheck",  "\\dot",        "\\ddot",     "\\grave",          "\\hat",
    "\\tilde",      "\\widetilde",  "\\vec",      "\\overrightarrow", "\\bm",
    "\\boldsymbol", "\\text",       "\\textit",   "\\textbf",         "\\textnormal",
    "\\mathbb",     "\\mathbin",    "\\mathbf",   "\\mathcal",        "\\mathfrak",
    "\\mathit",     "\\mathnormal", "\\mathop",   "\\mathrel",        "\\mathring",
    "\\mathrm",     "\\mathscr",    "\\mathsf",   "\\mathtt",         "\\mbox"};

struct Scan {
  VerifyToken token;
  std::size_t size;
};

std::size_t accent_size(std::string_view rest) {
  for (const std::string_view accent : accents) {
    if (!rest.starts_with(accent)) continue;
    std::size_t at = accent.size();
    if (at < rest.size() && is_space(rest[at])) ++at;
    if (at == rest.size() || rest[at] != '{') continue;
    for (++at; at < rest.size(); ++at) {
      if (rest[at] == '}' && rest[at - 1] != '\\') return at + 1;
    }
  }
  return 0;
}

std::size_t digits(std::string_view text, std::size_t at) {
  std::size_t end_of = at;
  while (end_of < text.size() && is_digit(text[end_of])) ++end_of;
  return end_of - at;
}

// 12, .5, 1.5, with an exponent or a percent sign.
Scan scan_number(std::string_view rest) {
  std::size_t size = digits(rest, 0);
  if (size < rest.size() && rest[size] == '.') {
    const std::size_t places = digits(rest, size + 1);
    if (places > 0) size += 1 + places;
  }
  if (size == 0) return {other, 0};
  std::size_t at = size;
  if (at < rest.size() && rest[at] == 'E') {
    ++at;
    if (at < rest.size() && (rest[at] == '+' || rest[at] == '-')) ++at;
    if (const std::size_t exponent = digits(rest, at); exponent > 0) return {number_exponent, at + exponent};
  }
  at = size;
  if (at < rest.size() && is_space(rest[at])) ++at;
  if (rest.substr(at).starts_with("\\%")) return {percent, at + 2};
  if (rest.substr(at).starts_with("%")) return {percent, at + 1};
  return {number, size};
}

// "d" and a letter or command.
std::size_t differential_size(std::string_view rest) {
  std::size_t at = 1;
  while (at < rest.size() && is_space(rest[at])) ++at;
  if (at == rest.size()) return 0;
  if (is_letter(rest[at])) return at + 1;
  std::size_t size = at + 1;
  while (rest[at] == '\\' && size < rest.size() && is_letter(rest[size])) ++size;
  return rest[at] == '\\' && size > at + 1 ? size : 0;
}

// \begin{array}{ccc}
std::size_t array_size(std::string_view rest) {
  static constexpr std::string_view start = "\\begin{array}{";
  if (!rest.starts_with(start)) return 0;
  std::size_t at = start.size();
  while (at < rest.size() && (rest[at] == 'c' || rest[at] == 'l' || rest[at] == 'r')) ++at;
  return at < rest.size() && rest[at] == '}' ? at + 1 : 0;
}

Scan scan(std::string_view rest) {
  Scan best = scan_number(rest);
  const auto offer = [&](VerifyToken token, std::size_t size) {
    if (size > best.size) best = {token, size};
  };
  for (const auto& [text, token] : fixed) {
    if (text.size() > best.size && rest.starts_with(text)) best = {token, text.size()};
  }
  for (const std::string_view symbol : symbols) {
    if (symbol.size() > best.size && rest.starts_with(symbol)) best = {greek, symbol.size()};
  }
  if (rest.front() == '\\') {
    offer(accent, accent_size(rest));
    offer(matrix_start, array_size(rest));
  } else if (is_letter(rest.front())) {
    if (rest.front() == 'd') offer(differential, differential_size(rest));
    offer(letter, 1);
  }
  return best;
}

}  // namespace

std::vector<VerifyLexeme> verify_tokens(std::string_view text, std::size_t limit) {
  std::vector<VerifyLexeme> out;
  while (!text.empty() && out.size() < limit) {
    if (is_space(text.front())) {
      text.remove_prefix(1);
      continue;
    }
    const Scan found = scan(text);
    if (found.size == 0) break;
    if (found.token != end) out.push_back({found.token, text.substr(0, found.size)});
    text.remove_prefix(found.size);
  }
  if (!text.empty()) out.push_back({other, text.substr(0, 0)});
  out.push_back({end, {}});
  return out;
}

}  // namespace assay::eval::math
