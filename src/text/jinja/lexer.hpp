// Splits a template into literal text, tags and the words inside them, as Jinja's own lexer does, whitespace
// control included (https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay::text::jinja {

struct LexerOptions {
  bool trim_blocks = false;            ///< the first newline after a block tag goes
  bool lstrip_blocks = false;          ///< white space from the start of a line to a block tag goes
  bool keep_trailing_newline = false;  ///< else one newline at the end of the template goes
};

struct Token {
  enum class Kind {
    data,            ///< text: literal output
    variable_begin,  ///< {{
    variable_end,
    block_begin,  ///< {%
    block_end,
    name,
    string,  ///< text: what the literal stands for
    integer,
    floating,
    symbol,  ///< an operator or a bracket
    end,
  };
  Kind kind = Kind::end;
  std::string text;
  std::size_t offset = 0;  ///< in the template, newlines normalised
};

struct LexedTemplate {
  std::string source;  ///< newlines normalised; what offsets count in
  std::vector<Token> tokens;
};

/// Thrown for text that is no template; `offset` as in Token.
struct SyntaxError {
  std::string message;
  std::size_t offset = 0;
};

/// Throws SyntaxError.
[[nodiscard]] LexedTemplate lex(std::string_view text, const LexerOptions& options);

}  // namespace assay::text::jinja
