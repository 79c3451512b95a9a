#include "eval/math/equality.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "eval/math/modular.hpp"
#include "eval/math/numeric.hpp"

namespace assay::eval::math {
namespace {

constexpr std::uint64_t modular_points = 2;
constexpr std::uint64_t whole_points = 4;

bool has_symbols(const Expression& expression) {
  return contains(expression, Op::symbol);
}

// Factorials and binomials of variables have values here only at whole numbers.
bool needs_whole_numbers(const Expression& expression) {
  const bool here = expression.op == Op::factorial || expression.op == Op::binomial;
  return (here && has_symbols(expression)) ||
         std::any_of(expression.arguments.begin(), expression.arguments.end(),
                     [](const ExpressionPtr& argument) { return needs_whole_numbers(*argument); });
}

ExpressionPtr with_whole_numbers(const Expression& expression, std::uint64_t point) {
  if (expression.op == Op::symbol) {
    return make_number(std::to_string(5 + name_hash(expression.name, point) % 40));
  }
  std::vector<ExpressionPtr> arguments;
  for (const ExpressionPtr& argument : expression.arguments) {
    arguments.push_back(with_whole_numbers(*argument, point));
  }
  return make(expression.op, std::move(arguments), expression.name);
}

// At every point modulo both primes; false once it is not 0 somewhere. What is not rational passes.
bool may_be_zero(const Expression& expression) {
  for (const std::uint64_t prime : moduli) {
    for (std::uint64_t point = 0; point < modular_points; ++point) {
      const auto value = modular_value(expression, prime, point);
      if (!value) return true;
      if (*value != 0) return false;
    }
  }
  return true;
}

bool is_zero(const Expression& expression, Variables variables) {
  if (!may_be_zero(expression)) return false;
  const std::uint64_t points = has_symbols(expression) ? numeric_points : 1;
  for (std::uint64_t point = 0; point < points; ++point) {
    if (!is_zero_at(expression, variables, point)) return false;
  }
  return true;
}

}  // namespace

bool is_equal(const Expression& left, const Expression& right, Variables variables) {
  const ExpressionPtr difference =
      make(Op::add, {std::make_shared<Expression>(left), negative(std::make_shared<Expression>(right))});
  if (!difference) return false;
  try {
    if (!needs_whole_numbers(*difference)) return is_zero(*difference, variables);
    for (std::uint64_t point = 0; point < whole_points; ++point) {
      const ExpressionPtr at_point = with_whole_numbers(*difference, point);
      if (!at_point || !is_zero(*at_point, variables)) return false;
    }
    return true;
  } catch (const Undefined&) {
    return false;
  }
}

bool is_constant(const Expression& expression, Variables variables) {
  try {
    return has_one_value(expression, variables);
  } catch (const Undefined&) {
    return false;
  }
}

}  // namespace assay::eval::math
