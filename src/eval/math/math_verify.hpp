// The math_verify metric of minerva_math (and exact_match of leaderboard_math_hard): answers found in free
// text and compared as the Python package math-verify 0.9 does, by an engine of our own.
//
//     bool right = math_verify(solution, response);
//
// Finding an answer follows the package: formulas in dollar signs and brackets, boxes, fractions, plain
// numbers and arithmetic, by the same patterns and priorities. Reading and comparing are an approximation of
// sympy's:
//  - equality as in equality.hpp; numbers with a decimal point are equal to whatever rounds to the same six
//  decimals;
//    9% is equal to 9;
//  - elements of finite sets are matched with each other whatever their order; sympy pairs them by its sort
//  order;
//  - equations are equal if they have the same sides, up to a factor; the package also tries to solve them;
//  - sets of numbers are equal if they hold the same points; with variables at their ends, if they are
//  written alike;
//  - percentages inside formulas ("$19\%$") and \gamma are not read, as the package's parser for ANTLR 4.11,
//  which the
//    harness demands, fails on them;
//  - what verify_latex.hpp does not read is compared as text only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "eval/math/value.hpp"

namespace assay::eval::math {

/// Longer texts hold no answer.
inline constexpr std::size_t verify_bytes_limit = 1 << 18;

/// What was found in a text: the value if one could be read, and the first formula as text.
struct VerifyAnswer {
  std::optional<Value> value = std::nullopt;
  std::optional<std::string> text = std::nullopt;
};

/// math_verify.parse(text). Nothing is found where the patterns run out of their budget.
[[nodiscard]] VerifyAnswer math_verify_parse(std::string_view text);
/// math_verify.parse(text, extraction_config=[LatexExtractionConfig()]): formulas only.
[[nodiscard]] VerifyAnswer math_verify_parse_latex(std::string_view text);

/// math_verify.verify(gold, target); not symmetric.
[[nodiscard]] bool math_verify_equal(const VerifyAnswer& gold, const VerifyAnswer& target);

/// minerva_math's math_verify: whether a response agrees with a solution.
[[nodiscard]] bool math_verify(std::string_view solution, std::string_view response);
/// leaderboard_math_hard's exact_match.
[[nodiscard]] bool leaderboard_exact_match(std::string_view solution, std::string_view response);

}  // namespace assay::eval::math
