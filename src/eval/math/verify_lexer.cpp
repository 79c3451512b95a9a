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

// The texts of a token, separated by spaces.
struct Spelling {
  VerifyToken token;
  std::string_view texts;
};

// The longest that fits counts. `end` marks what is skipped; `other` has the names for \operatorname, which
// are tokens wherever they stand.
constexpr Spelling spellings[] = {
    {end,
     "\\, \\: \\; \\! \\$ \\thinspace \\medspace \\thickspace \\quad \\qquad "
     "\\negthinspace \\negmedspace \\negthickspace \\vrule \\vcenter \\vbox \\vskip "
     "\\vspace \\hfil"},
    {add, "+ ∔ ⊕ ⊞"},
    {subtract, "- − ∸"},
    {multiply, "* × ⋅ ⋄ ⊡ ∗ ⋆ ∘ ∙ ⊗ ⊠ \\times \\cdot"},
    {divide, "/ ÷ ∕ \\over \\div :"},
    {modulo, "\\mod"},
    {open_parenthesis, "( \\( \\lgroup"},
    {close_parenthesis, ") \\) \\rgroup"},
    {open_brace, "{"},
    {close_brace, "}"},
    {open_visual_brace, "\\{ \\lbrace"},
    {close_visual_brace, "\\} \\rbrace"},
    {open_bracket, "[ \\lbrack"},
    {close_bracket, "] \\rbrack"},
    {boxed, "\\phantom \\boxed"},
    {bar, "| \\vert"},
    {left_bar, "\\lvert"},
    {right_bar, "\\rvert"},
    {norm, "\\|"},
    {open_angle, "\\langle"},
    {close_angle, "\\rangle"},
    {open_floor, "\\lfloor \\llcorner"},
    {close_floor, "\\rfloor \\lrcorner"},
    {open_ceiling, "\\lceil \\ulcorner"},
    {close_ceiling, "\\rceil \\urcorner"},
    {other,
     "\\lim \\to \\rightarrow \\int \\sum \\prod \\det \\partial \\subseteq \\supseteq "
     "arsinh arcsinh arcosh arccosh artanh arctanh gcd lcm floor ceil eye zeros ones cols "
     "rows diag norm rank trace tr rref hstack vstack orth ortho eig eigen svd SVD matrix "
     "pmatrix bmatrix vmatrix <-> <=>"},
    {function,
     "\\log \\ln \\exp \\sin \\cos \\tan \\csc \\sec \\cot \\arcsin \\arccos \\arctan "
     "\\arccsc \\arcsec \\arccot \\sinh \\cosh \\tanh \\arsinh \\arcosh \\artanh "
     "\\arcsinh \\arccosh \\arctanh \\floor \\ceil"},
    {list_function, "\\gcd \\lcm \\max \\min"},
    {operator_name, "\\operatorname"},
    {root, "\\sqrt"},
    {fraction, "\\frac \\dfrac \\tfrac \\cfrac"},
    {binomial, "\\binom \\tbinom \\dbinom"},
    {choose, "\\choose"},
    {matrix_start, "\\begin{matrix} \\begin{pmatrix} \\begin{bmatrix}"},
    {matrix_end, "\\end{matrix} \\end{pmatrix} \\end{bmatrix} \\end{array}"},
    {column, "&"},
    {row, "\\\\"},
    {underscore, "_"},
    {caret, "^"},
    {transpose, "^T ^{T} '"},
    {degree, "^\\circ ^\\degree ^\\circle ^° ^{\\circ} ^{\\degree} ^{\\circle} ^{°}"},
    {comma, ","},
    {semicolon, ";"},
    {exponential, "e \\exponentialE"},
    {capital_e, "E"},
    {in, "\\in"},
    {not_in, "\\notin ∉"},
    {comparison,
     "= ≡ == \\equiv < \\lt \\leq \\le \\leqslant ≤ ≦ <= > \\gt \\geq \\ge \\geqslant ≥ ≧ "
     ">= != !== \\ne \\neq ≠"},
    {approximately, "~= ≈ ≃ ≅ \\approx"},
    {bang, "!"},
    {infinity, "\\infty"},
    {named_set,
     "\\mathbb{N} ℕ \\mathbb{Z} ℤ \\mathbb{Q} ℚ \\mathbb{R} ℝ \\mathbb{C} ℂ \\emptyset ∅ "
     "\\{\\} \\lbrace\\rbrace"},
    {unite, "\\cup ∪"},
    {intersect, "\\cap ∩"},
    {set_minus, "\\setminus ∖"},
    {plus_minus, "\\pm ± ∓ \\mp"},
    {gamma, "\\Gamma \\gamma"},
    {greek,
     "\\alpha α \\beta β γ Γ \\delta δ \\Delta Δ \\epsilon ε \\varepsilon ϵ \\zeta ζ "
     "\\eta η \\theta θ \\Theta Θ \\vartheta ϑ \\iota ι \\kappa κ \\lambda λ \\Lambda Λ "
     "\\mu μ \\nu ν \\xi ξ \\Xi Ξ \\omicron ο \\pi π \\Pi Π \\varpi ϖ \\rho ρ \\varrho ϱ "
     "\\sigma σ \\Sigma Σ \\varsigma ς \\tau τ \\upsilon υ \\Upsilon Υ \\phi φ \\Phi Φ "
     "\\varphi ϕ \\chi χ \\psi ψ \\Psi Ψ \\omega ω \\Omega Ω \\Bbbk \\wp \\nabla "
     "\\bigstar \\angle \\nexists \\diagdown \\measuredangle \\eth \\diagup "
     "\\sphericalangle \\clubsuit \\varnothing \\Diamond \\complement \\diamondsuit "
     "\\imath \\Finv \\triangledown \\heartsuit \\jmath \\Game \\triangle \\spadesuit "
     "\\ell \\hbar \\vartriangle \\hslash \\blacklozenge \\lozenge \\blacksquare \\mho "
     "\\blacktriangle \\sharp \\prime \\Im \\flat \\square \\backprime \\Re \\natural "
     "\\surd \\circledS"},
};

struct Fixed {
  std::string_view text;
  VerifyToken token;
};

std::vector<Fixed> all_fixed() {
  std::vector<Fixed> out;
  for (const Spelling& spelling : spellings) {
    for (std::string_view rest = spelling.texts; !rest.empty();) {
      const std::size_t size = std::min(rest.find(' '), rest.size());
      out.push_back({rest.substr(0, size), spelling.token});
      rest.remove_prefix(std::min(size + 1, rest.size()));
    }
  }
  return out;
}

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
  static const std::vector<Fixed> fixed = all_fixed();
  for (const auto& [text, token] : fixed) {
    if (rest.starts_with(text)) offer(token, text.size());
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
