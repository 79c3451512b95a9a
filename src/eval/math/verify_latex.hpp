// LaTeX read as math-verify 0.9 reads it (latex2sympy2_extended 1.11): like sympy_latex.hpp, but to the end
// of the text, with sets, tuples, intervals, relations, matrices and percentages; \pi and e are the
// constants, symbols are in lower case, 2\frac{1}{2} is five halves.
//
// Not read, where the package reads on: sums, products, limits, integrals, derivatives, determinants, linear
// algebra by \operatorname, row operations. Limits as for sympy_latex.hpp.
#pragma once

#include <optional>
#include <string_view>

#include "eval/math/value.hpp"

namespace assay::eval::math {

/// A clean formula (normalize_latex). nullopt where the package raises.
[[nodiscard]] std::optional<Value> parse_verify_latex(std::string_view text);

/// As parse_verify_latex, and if that fails, what follows the last of several equals signs.
[[nodiscard]] std::optional<Value> parse_verify_answer(std::string_view text);

/// Arithmetic as Python writes it, powers as ** ("2 + 3*4"): what math-verify takes outside of formulas.
[[nodiscard]] ExpressionPtr parse_arithmetic(std::string_view text);

/// Half of whether a text is about complex numbers or matrices; its variables are then not real.
[[nodiscard]] bool treat_as_complex(std::string_view text);

}  // namespace assay::eval::math
