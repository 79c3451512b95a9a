// Looking at and taking tokens, shared by the parsers of expressions and of statements.
#pragma once

#include <initializer_list>
#include <string_view>

#include "text/jinja/lexer.hpp"

namespace assay::text::jinja {

class TokenReader {
 public:
  explicit TokenReader(const LexedTemplate& lexed) : tokens_(lexed.tokens) {}

  [[nodiscard]] const Token& current() const { return tokens_[at_]; }
  [[nodiscard]] const Token& next() const { return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_]; }
  const Token& take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  [[nodiscard]] bool is(Token::Kind kind) const { return current().kind == kind; }
  [[nodiscard]] bool is_symbol(std::string_view text) const {
    return is(Token::Kind::symbol) && current().text == text;
  }
  [[nodiscard]] bool is_name(std::string_view text) const {
    return is(Token::Kind::name) && current().text == text;
  }
  [[nodiscard]] bool is_any_name(std::initializer_list<std::string_view> names) const;
  bool take_symbol(std::string_view text);
  bool take_name(std::string_view text);
  void expect_symbol(std::string_view text);
  void expect(Token::Kind kind, std::string_view what);
  /// Throws SyntaxError at the current token.
  [[noreturn]] void fail(std::string_view expected) const;

 private:
  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
};

}  // namespace assay::text::jinja
