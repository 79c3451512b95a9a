// The part of latex2sympy2_extended's grammar that reads expressions; verify_latex.cpp builds sets and
// relations on it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "eval/math/expression.hpp"
#include "eval/math/verify_lexer.hpp"

namespace assay::eval::math {

/// -value; numbers and fractions take the sign in, as they are one object in sympy.
[[nodiscard]] ExpressionPtr negated(const ExpressionPtr& value);

/// A recursive descent. A rule gives nothing, with the position anywhere, if it does not match; `attempt`
/// puts the position back. Every token looked at is a step; too many, or too much nesting, throw Refused, as
/// does what the package fails on behind its grammar.
class VerifyExpressionParser {
 public:
  struct Refused {};
  explicit VerifyExpressionParser(std::string_view text) : tokens_(verify_tokens(text, token_limit)) {}

 protected:
  using Token = VerifyToken;
  static constexpr std::size_t token_limit = 4096;
  static constexpr std::size_t nesting_limit = 180;
  static constexpr std::size_t step_limit = 200000;

  enum class Functions { allowed, excluded };

  class Level {
   public:
    explicit Level(VerifyExpressionParser& parser) : parser_(parser) {
      if (++parser_.nesting_ > nesting_limit) throw Refused();
    }
    ~Level() { --parser_.nesting_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    VerifyExpressionParser& parser_;
  };

  Token peek() {
    if (++steps_ > step_limit) throw Refused();
    return tokens_[at_].token;
  }
  std::string_view text() const { return tokens_[at_].text; }
  bool take(Token token) {
    if (peek() != token) return false;
    ++at_;
    return true;
  }

  template <class Rule>
  auto attempt(Rule&& rule) {
    const std::size_t start = at_;
    const std::size_t bars = bars_;
    auto value = rule();
    if (!value) {
      at_ = start;
      bars_ = bars;
    }
    return value;
  }

  void rewind() { at_ = 0; }
  void advance() { ++at_; }

  ExpressionPtr additive();
  // A symbol with subscript and, if `powers`, superscript.
  ExpressionPtr atom_expression(bool powers);

 private:
  ExpressionPtr product(Functions functions);
  ExpressionPtr unary(Functions functions);
  // Two factors side by side: a whole number and a positive fraction are a mixed number.
  static ExpressionPtr adjacent(const ExpressionPtr& left, const ExpressionPtr& right);
  ExpressionPtr postfix(Functions functions);
  ExpressionPtr power(Functions functions);
  ExpressionPtr superscript();
  ExpressionPtr enclosed(Token open, Token close);
  ExpressionPtr component(Functions functions);
  ExpressionPtr wrapped(Op op, Token open, Token close);
  // {n \choose k}
  ExpressionPtr chosen();
  ExpressionPtr braced();
  ExpressionPtr fraction();
  ExpressionPtr binomial();
  ExpressionPtr function();
  ExpressionPtr root();
  ExpressionPtr named_function(std::string_view name);
  ExpressionPtr list_function(std::string_view name);
  ExpressionPtr operator_function();
  // f(x) of one atom, f(x, y) of several expressions.
  ExpressionPtr unknown_function();
  // What stands behind "_", as it is written.
  std::optional<std::string> subscript_text();
  std::string written(std::size_t from, std::size_t to) const;
  // The base of a logarithm.
  ExpressionPtr subscript();
  ExpressionPtr atom(bool powers);
  static ExpressionPtr number(std::string_view digits);
  ExpressionPtr scientific();

  std::vector<VerifyLexeme> tokens_;
  std::size_t at_ = 0;
  std::size_t steps_ = 0;
  std::size_t nesting_ = 0;
  std::size_t bars_ = 0;  // open bars that the next bar may close
};

}  // namespace assay::eval::math
