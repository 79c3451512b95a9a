// The expressions of a template, with Jinja's precedence.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "text/jinja/parser.hpp"
#include "text/jinja/syntax.hpp"
#include "text/jinja/token_reader.hpp"

namespace assay::text::jinja {

class ExpressionParser {
 public:
  ExpressionParser(TokenReader& tokens, const KnownNames& known) : tokens_(tokens), known_(known) {}

  [[nodiscard]] Expression parse() { return conditional(); }
  /// One expression, or a tuple of several without parentheses.
  [[nodiscard]] Expression parse_tuple();
  /// What a loop runs over: `a if b` is the loop's filter there.
  [[nodiscard]] Expression parse_loop_source();
  /// A name, a tuple of names, or, with `namespaces`, name.attribute.
  [[nodiscard]] Expression parse_target(bool namespaces);
  /// "| filter" repeated, upon `subject`.
  [[nodiscard]] Expression parse_filters(Expression subject);
  /// "name | name ..." of a filter block, upon an absent value.
  [[nodiscard]] Expression parse_filter_names();
  /// "name(arguments)..." of a call block.
  [[nodiscard]] Expression parse_call();

  /// Within a conditional, unknown filters and tests fail only when met.
  int conditional_depth = 0;
  /// Every name met since it was last cleared: what a macro's body takes.
  std::set<std::string, std::less<>> names_met;

 private:
  Expression target_part(bool namespaces);
  Expression conditional();
  Expression disjunction();
  Expression conjunction();
  Expression negation();
  Expression comparison();
  Expression sum();
  Expression concatenation();
  Expression product();
  Expression power();
  Expression unary(bool with_filters);
  Expression primary();
  Expression postfix(Expression subject);
  Expression filters_and_tests(Expression subject);
  Expression filter(Expression subject);  // the bar is taken
  Expression test(Expression subject);
  Expression subscript(Expression subject);
  Expression parenthesised();
  Expression list();
  Expression dict();
  Expression number();
  void arguments(Expression& call);
  Expression make(Expression::Kind kind) const;
  Expression binary(Expression::Kind kind, std::string name, Expression left, Expression right) const;

  TokenReader& tokens_;
  const KnownNames& known_;
  int depth_ = 0;
};

}  // namespace assay::text::jinja
