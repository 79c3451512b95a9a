// The clean-up that math-verify 0.9 does before it reads a formula (latex2sympy2_extended 1.11,
// normalize_latex with basic_latex, units, malformed_operators and nits).
#pragma once

#include <string>
#include <string_view>

namespace assay::eval::math {

/// Which boxes of a text count: all of them, or the last and those that are joined to it.
enum class Boxes { all, last };

/// What is inside the boxes, joined by commas; the text itself if it has none.
[[nodiscard]] std::string boxed_contents(std::string_view text, Boxes boxes);

/// The clean formula. Throws InputError if a pattern runs out of its budget.
[[nodiscard]] std::string normalize_latex(std::string_view text, Boxes boxes);

}  // namespace assay::eval::math
