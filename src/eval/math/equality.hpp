// Whether two expressions are equal for all values of their variables, in the sense in which sympy's
// simplify(a - b) gives 0.
//
// How it is decided: a - b is evaluated at fixed points, once in the integers modulo two primes of 61 bits
// (rational expressions, so exactly, however large the numbers) and once with 256-bit floating point numbers
// at complex or real points spread over all directions. It is zero if it is zero everywhere. Decimal numbers
// are taken as the exact fractions they are written as.
//
// Where sympy may say otherwise:
//  - equal here, not simplified to 0 by sympy: nested radicals and trigonometric values that simplify does
//  not denest
//    (sqrt(3 + 2 sqrt 2) and 1 + sqrt 2); sums of decimals that binary floating point misses (0.1 + 0.2 and
//    0.3); what takes sympy longer than the harness's 5 seconds.
//  - not equal here: anything with an infinity, a division by zero, an undecidable factorial (of no whole
//  number), or
//    numbers beyond 2^(10^6); sympy decides some of these.
//  - two expressions that differ by less than 2^-150 of their terms and are not rational count as equal.
//
// Time and memory are bounded by the limits of Expression.
#pragma once

#include "eval/math/expression.hpp"

namespace assay::eval::math {

/// What variables stand for.
enum class Variables { real, complex };

[[nodiscard]] bool is_equal(const Expression& left, const Expression& right, Variables variables);

/// Whether an expression has the same value, not 0, at all points.
[[nodiscard]] bool is_constant(const Expression& expression, Variables variables);

}  // namespace assay::eval::math
