// LaTeX read as sympy 1.14's parse_latex (its ANTLR grammar) reads it: what minerva_math compares answers by.
// That grammar does not ask for the end of the text, so a formula is read as far as it makes sense ("1,2" is
// 1, "3(1,2)" is 3); \pi, e and i are variables; "x(y)" is an unknown function x of y; \text{ab} is text*a*b.
//
// Not read, where sympy reads on: sums, products, limits, integrals, derivatives, bra and ket, "evaluated at"
// bars. Texts beyond 4096 tokens, some 60 levels of brackets or 200000 steps of the parser are not read
// either; sympy's parser takes longer than the comparison's 5 seconds, or Python's stack, for such.
#pragma once

#include <string_view>

#include "eval/math/expression.hpp"

namespace assay::eval::math {

/// nullptr if sympy would raise, would give a relation ("x < 3"), or the text is beyond what is read here.
[[nodiscard]] ExpressionPtr parse_sympy_latex(std::string_view text);

}  // namespace assay::eval::math
