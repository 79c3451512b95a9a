// Expressions evaluated with complex numbers of 256 bits.
#pragma once

#include <cstdint>

#include "eval/math/equality.hpp"
#include "eval/math/expression.hpp"

namespace assay::eval::math {

/// Number of points that decide.
inline constexpr std::uint64_t numeric_points = 8;

/// Whether the expression is 0 at a point, 0 <= point < numeric_points: below 2^-150 of the largest term of
/// any sum in it. Throws Undefined (modular.hpp) where it has no value.
[[nodiscard]] bool is_zero_at(const Expression& expression, Variables variables, std::uint64_t point);

/// Whether the expression has one value other than 0 at all points. Throws Undefined.
[[nodiscard]] bool has_one_value(const Expression& expression, Variables variables);

/// Whether the expression, which has no variables, is below `bound` in magnitude. Throws Undefined.
[[nodiscard]] bool is_below(const Expression& expression, double bound);

/// The value of an expression without variables: real part, imaginary part. Throws Undefined.
struct Approximation {
  double real;
  double imaginary;
};
[[nodiscard]] Approximation approximation(const Expression& expression);

}  // namespace assay::eval::math
