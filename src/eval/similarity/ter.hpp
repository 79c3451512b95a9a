// Translation edit rate (Snover et al. 2006) as sacrebleu computes it: edits and shifts of word sequences,
// lower case, with tercom's limits on shifts and its beam around the diagonal.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace assay::eval {

/// What one segment, or a sum of segments, contributes.
struct TerCounts {
  std::int64_t edits = 0;       ///< to the reference that needs the fewest
  double reference_length = 0;  ///< words; the mean over the references

  TerCounts& operator+=(const TerCounts& other);
};

/// `references` holds at least one.
[[nodiscard]] TerCounts ter_counts(std::string_view hypothesis,
                                   const std::vector<std::string_view>& references);
/// 100 edits per reference word; 0 or 100 where there are no reference words.
[[nodiscard]] double ter_score(const TerCounts& counts);

}  // namespace assay::eval
