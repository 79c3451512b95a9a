// Tokens of sympy's LaTeX grammar.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace assay::eval::math {

enum class SympyToken : std::uint8_t {
  end,
  error,  ///< no token; reading it ends the parse
  add,
  subtract,
  multiply,  ///< * \times \cdot
  divide,    ///< / \div :
  open_parenthesis,
  close_parenthesis,
  open_brace,
  close_brace,
  open_literal_brace,
  close_literal_brace,
  open_bracket,
  close_bracket,
  bar,
  function,  ///< \sin, \log ...
  floor_open,
  floor_close,
  ceiling_open,
  ceiling_close,
  root,
  overline,
  fraction,
  binomial,
  mathit,
  underscore,
  caret,
  differential,  ///< "dx"
  letter,
  digit,
  comma,
  period,
  relation,  ///< = < > \neq ...
  bang,
  quotes,
  symbol,  ///< any other command
  other    ///< a token that no supported rule takes: \int, \langle, \to ...
};

struct SympyLexeme {
  SympyToken token;
  std::string_view text;
};

/// At most `limit` tokens and an `error` behind them; otherwise ends with `end`, or with `error` where the
/// lexer would fail. Views into `text`.
[[nodiscard]] std::vector<SympyLexeme> sympy_tokens(std::string_view text, std::size_t limit);

}  // namespace assay::eval::math
