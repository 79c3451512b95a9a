// Tokens of latex2sympy2_extended's LaTeX grammar, which math-verify reads answers with.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace assay::eval::math {

enum class VerifyToken : std::uint8_t {
  end,
  other,  ///< a token that nothing here takes
  add,
  subtract,
  multiply,
  divide,
  modulo,
  open_parenthesis,  ///< also \( and \lgroup, as ends of intervals
  close_parenthesis,
  open_brace,
  close_brace,
  open_visual_brace,  ///< \{ \lbrace
  close_visual_brace,
  open_bracket,
  close_bracket,
  boxed,  ///< \boxed \phantom
  bar,    ///< | \vert
  left_bar,
  right_bar,
  norm,
  open_angle,
  close_angle,
  open_floor,
  close_floor,
  open_ceiling,
  close_ceiling,
  function,       ///< one argument
  list_function,  ///< several: \gcd \max
  operator_name,  ///< \operatorname
  root,
  fraction,
  binomial,
  choose,
  matrix_start,
  matrix_end,
  column,  ///< &
  row,     ///< two backslashes
  underscore,
  caret,
  transpose,
  degree,
  comma,
  semicolon,
  differential,
  exponential,  ///< e
  capital_e,
  letter,
  number,
  number_exponent,  ///< 1.5E10
  percent,          ///< 50%
  in,
  not_in,
  comparison,
  approximately,
  bang,
  greek,   ///< also other symbols: \ell
  gamma,   ///< \gamma \Gamma
  accent,  ///< \text{...}, \mathbb{...}
  infinity,
  named_set,
  unite,
  intersect,
  set_minus,
  plus_minus
};

struct VerifyLexeme {
  VerifyToken token;
  std::string_view text;
};

/// Ends with `end`; with `other` where the lexer would fail or behind `limit` tokens. Views into `text`.
[[nodiscard]] std::vector<VerifyLexeme> verify_tokens(std::string_view text, std::size_t limit);

}  // namespace assay::eval::math
