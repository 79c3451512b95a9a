// Answers of the MATH data set compared as text: the normalisation of Hendrycks et al. (2021), "Measuring
// Mathematical Problem Solving With the MATH Dataset", as lm-evaluation-harness 0.4.13 has it in
// hendrycks_math (also hendrycks_math500, which is MATH-500), aime and agieval. Linear in the text, whatever
// the text.
//
// Texts are UTF-8; what Python counts in characters is counted so here. Where the Python raises, a function
// gives nullopt, and the comparisons do what Python's exception handlers do.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::eval::math {

/// The last \boxed or \fbox with its balanced braces, or "\boxed " and what stands behind its last occurrence
/// up to the next dollar sign if there is one with a space. nullopt: none, or its braces never close.
[[nodiscard]] std::optional<std::string> last_boxed(std::string_view text);

/// Without the "\boxed{" and "}" (or "\boxed ") around it. nullopt where Python's assertions fail.
[[nodiscard]] std::optional<std::string> remove_boxed(std::string_view text);

/// What is inside the last box: the answer that a solution of MATH gives. nullopt where Python raises.
[[nodiscard]] std::optional<std::string> boxed_answer(std::string_view solution);

/// The normal form under which answers are compared. nullopt where Python raises (a command at the very end,
/// "x/y" that is no fraction of whole numbers, two units).
[[nodiscard]] std::optional<std::string> strip_string(std::string_view text);

/// Whether two answers have one normal form; plain equality where either has none. nullopt is Python's None.
[[nodiscard]] bool is_equiv(const std::optional<std::string>& left, const std::optional<std::string>& right);

/// What hendrycks_math takes as the answer of a response: between its first and last dollar sign, or all of
/// it.
[[nodiscard]] std::string response_answer(std::string_view response);

/// What aime takes: inside the last box if there is a well-formed one, else as hendrycks_math.
[[nodiscard]] std::string aime_answer(std::string_view response);

/// agieval's parse_math_answer: box, else last formula, else what follows the last "=" or the last number.
[[nodiscard]] std::optional<std::string> agieval_answer(std::string_view text);

/// agieval's is_equiv (agieval_math, agieval_gaokao_mathcloze): both sides by agieval_answer, then as
/// is_equiv.
[[nodiscard]] bool agieval_is_equiv(std::string_view left, std::string_view right);

}  // namespace assay::eval::math
