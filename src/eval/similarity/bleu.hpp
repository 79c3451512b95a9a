// BLEU (Papineni et al. 2002) as sacrebleu computes it: n-grams up to 4, clipped counts, the brevity penalty
// against the closest reference length, exponential smoothing (Chen and Cherry 2014, method 3).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "eval/similarity/bleu_tokens.hpp"

namespace assay::eval {

constexpr std::size_t bleu_orders = 4;

/// What one segment, or a sum of segments, contributes.
struct BleuCounts {
  std::int64_t length = 0;            ///< tokens of the hypothesis
  std::int64_t reference_length = 0;  ///< tokens of the reference whose length is closest
  std::array<std::int64_t, bleu_orders> matches{};
  std::array<std::int64_t, bleu_orders> total{};

  BleuCounts& operator+=(const BleuCounts& other);
};

enum class BleuOrder {
  fixed,     ///< always four: corpora, sacrebleu's corpus_bleu
  effective  ///< up to the longest n-gram there is: single sentences, sacrebleu's sentence_bleu
};

/// `references` holds at least one.
[[nodiscard]] BleuCounts bleu_counts(std::string_view hypothesis,
                                     const std::vector<std::string_view>& references,
                                     BleuTokenizer tokenizer = BleuTokenizer::v13a);
/// 0 to 100.
[[nodiscard]] double bleu_score(const BleuCounts& counts, BleuOrder order = BleuOrder::fixed);

}  // namespace assay::eval
