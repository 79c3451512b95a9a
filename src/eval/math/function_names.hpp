// Functions that LaTeX names by commands.
#pragma once

#include <optional>
#include <string_view>

#include "eval/math/expression.hpp"

namespace assay::eval::math {

/// "sin", "arsinh", "arcsinh", "exp", "floor", "gcd" ...; not the logarithms.
[[nodiscard]] std::optional<Op> function_op(std::string_view name);

/// What "^{-1}" makes of a trigonometric or hyperbolic function.
[[nodiscard]] std::optional<Op> inverse_function(Op op);

}  // namespace assay::eval::math
