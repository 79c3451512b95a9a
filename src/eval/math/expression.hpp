// Mathematical expressions as read from answers: immutable trees, not evaluated and not reordered.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace assay::eval::math {

enum class Op {
  number,      ///< `name` holds its digits, with at most one '.'
  symbol,      ///< a variable; `name`
  constant_e,  ///< 2.718...
  constant_pi,
  imaginary,  ///< the root of -1
  infinity,
  add,        ///< any number of arguments
  multiply,   ///< any number of arguments
  power,      ///< base, exponent
  logarithm,  ///< argument, base
  absolute,
  conjugate,
  floor,
  ceiling,
  factorial,
  binomial,
  modulo,
  maximum,
  minimum,
  gcd,
  lcm,
  exponential,
  sin,
  cos,
  tan,
  csc,
  sec,
  cot,
  arcsin,
  arccos,
  arctan,
  arccsc,
  arcsec,
  arccot,
  sinh,
  cosh,
  tanh,
  arsinh,
  arcosh,
  artanh,
  percent,  ///< a hundredth of its argument
  apply     ///< an unknown function `name` of its arguments
};

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct Expression {
  Op op = Op::number;
  std::string name;
  std::vector<ExpressionPtr> arguments;
  std::size_t depth = 1;  ///< levels of the tree
  std::size_t nodes = 1;  ///< shared ones counted each time
};

/// Deeper or larger trees are refused where they are made: the maker gives nullptr.
inline constexpr std::size_t depth_limit = 200;
inline constexpr std::size_t node_limit = 20000;

/// nullptr if an argument is nullptr or a limit is passed. Arguments of add in an add, and of multiply in a
/// multiply, become arguments of the new one.
[[nodiscard]] ExpressionPtr make(Op op, std::vector<ExpressionPtr> arguments, std::string_view name = {});
[[nodiscard]] ExpressionPtr make_number(std::string_view digits);
[[nodiscard]] ExpressionPtr make_symbol(std::string_view name);
[[nodiscard]] ExpressionPtr negative(ExpressionPtr value);
[[nodiscard]] ExpressionPtr reciprocal(ExpressionPtr value);

/// An unambiguous text of the tree as it stands.
[[nodiscard]] std::string to_text(const Expression& expression);

/// Whether any node of the tree has this op.
[[nodiscard]] bool contains(const Expression& expression, Op op);

}  // namespace assay::eval::math
