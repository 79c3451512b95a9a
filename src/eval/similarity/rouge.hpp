// ROUGE (Lin 2004) as the rouge-score package computes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::eval {

struct RougeScore {
  double precision = 0;
  double recall = 0;
  double f_measure = 0;
};

enum class RougeStemming { none, porter };

/// Runs of a-z and 0-9 of the lower-case text; words of more than three letters are stemmed.
[[nodiscard]] std::vector<std::string> rouge_tokens(std::string_view text, RougeStemming stemming);
/// ROUGE-N: shared n-grams. n >= 1.
[[nodiscard]] RougeScore rouge_n(std::string_view target, std::string_view prediction, int n,
                                 RougeStemming stemming = RougeStemming::none);
/// ROUGE-L: the longest common subsequence of the texts.
[[nodiscard]] RougeScore rouge_l(std::string_view target, std::string_view prediction,
                                 RougeStemming stemming = RougeStemming::none);
/// ROUGE-Lsum: union of the longest common subsequences of their lines.
[[nodiscard]] RougeScore rouge_lsum(std::string_view target, std::string_view prediction,
                                    RougeStemming stemming = RougeStemming::none);

}  // namespace assay::eval
