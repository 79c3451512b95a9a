// chrF (Popović 2015) and chrF++ (Popović 2017) as sacrebleu computes them: character n-grams up to 6 without
// white space, for chrF++ word n-grams up to 2 as well, beta 2, orders without n-grams left out.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace assay::eval {

enum class ChrfKind { chrf, chrf_plus_plus };

constexpr std::size_t chrf_character_orders = 6;
constexpr std::size_t chrf_word_orders = 2;

/// What one segment, or a sum of segments, contributes. chrF leaves the word orders zero.
struct ChrfCounts {
  struct Order {
    std::int64_t hypothesis = 0;
    std::int64_t reference = 0;
    std::int64_t matches = 0;
  };
  std::array<Order, chrf_character_orders + chrf_word_orders> orders{};

  ChrfCounts& operator+=(const ChrfCounts& other);
};

/// Against the reference with the best score, the first of equals. `references` holds at least one.
[[nodiscard]] ChrfCounts chrf_counts(std::string_view hypothesis,
                                     const std::vector<std::string_view>& references,
                                     ChrfKind kind = ChrfKind::chrf);
/// 0 to 100.
[[nodiscard]] double chrf_score(const ChrfCounts& counts);

}  // namespace assay::eval
