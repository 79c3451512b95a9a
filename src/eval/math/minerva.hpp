// Answers of the MATH data set as lm-evaluation-harness 0.4.13 takes and compares them in minerva_math (also
// minerva_math500, which is MATH-500) and in the frozen leaderboard_math_hard: the normalisation of Lewkowycz
// et al. (2022), "Solving Quantitative Reasoning Problems with Language Models", appendix D, then equality by
// algebra.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay::eval::math {

/// Which task's rules; the leaderboard's are older.
enum class MinervaRules { minerva_math, leaderboard };

/// What get_unnormalized_answer gives where no final answer is found.
inline constexpr std::string_view invalid_answer = "[invalidanswer]";

/// Longer final answers are not looked into: normalize_final_answer gives nullopt.
inline constexpr std::size_t answer_bytes_limit = 1 << 16;

/// What stands between "Final Answer: The final answer is" and ". I hope it is correct." on one line of a
/// response, or invalid_answer. Linear.
[[nodiscard]] std::string get_unnormalized_answer(std::string_view response);

/// The normal form of a final answer: units, text commands and shorthand TeX undone. nullopt: beyond
/// answer_bytes_limit, or a pattern of the normalisation ran out of its budget.
[[nodiscard]] std::optional<std::string> normalize_final_answer(
    std::string_view answer, MinervaRules rules = MinervaRules::minerva_math);

/// minerva_math's `answer` of a document: its solution's boxed answer, normalised. nullopt where Python
/// raises.
[[nodiscard]] std::optional<std::string> minerva_gold(std::string_view solution);

/// leaderboard_math_hard's `answer`: the boxed answer as it stands, invalid_answer where there is none.
[[nodiscard]] std::string leaderboard_gold(std::string_view solution);

/// Whether two normalised answers are equal: the same text, or both parse_latex and their difference
/// simplifies to 0. See sympy_latex.hpp and equality.hpp for what that means here and where sympy may say
/// otherwise.
[[nodiscard]] bool minerva_is_equiv(std::string_view left, std::string_view right,
                                    MinervaRules rules = MinervaRules::minerva_math);

/// minerva_math's exact_match of a response to a document whose `answer` is `gold`.
[[nodiscard]] bool minerva_exact_match(std::string_view response, std::string_view gold);

/// leaderboard_math_hard's exact_match_original.
[[nodiscard]] bool leaderboard_exact_match_original(std::string_view response, std::string_view gold);

/// One worked example of the prompt.
struct WorkedExample {
  std::string_view problem;
  std::string_view solution;
};

/// The four examples of Lewkowycz et al. (2022), appendix D.2, as minerva_math shows them.
[[nodiscard]] std::span<const WorkedExample> minerva_examples();

}  // namespace assay::eval::math
