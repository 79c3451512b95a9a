// What math-verify reads from an answer: an expression, a relation, a set, a tuple, a matrix.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/math/equality.hpp"
#include "eval/math/expression.hpp"

namespace assay::eval::math {

enum class Comparison : std::uint8_t { equal, less, less_equal, greater, greater_equal, unequal };

struct Value {
  enum class Kind : std::uint8_t {
    expression,
    relation,      ///< items: left and right side
    conjunction,   ///< items: relations, "a < b < c"
    finite_set,    ///< items, as written
    tuple,         ///< items
    interval,      ///< items: two ends
    unite,         ///< items: two sets
    intersection,  ///< items: two sets
    difference,    ///< items: two sets
    named_set,     ///< `name`: N, Z, Q, R, C, empty
    matrix         ///< items row by row
  };
  Kind kind = Kind::expression;
  ExpressionPtr expression = nullptr;
  Comparison comparison = Comparison::equal;
  std::vector<Value> items = {};
  bool left_open = false;   ///< of an interval
  bool right_open = false;  ///< of an interval
  std::size_t columns = 0;  ///< of a matrix
  std::string name = {};
  Variables variables = Variables::real;  ///< what its variables stand for
};

[[nodiscard]] inline Value make_value(ExpressionPtr expression) {
  return {.expression = std::move(expression)};
}
[[nodiscard]] inline Value make_value(Value::Kind kind, std::vector<Value> items) {
  return {.kind = kind, .items = std::move(items)};
}

}  // namespace assay::eval::math
