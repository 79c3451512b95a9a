#include "eval/similarity/bleu.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "eval/similarity/ngrams.hpp"

namespace assay::eval {
namespace {

// Of equally close lengths the shorter one.
std::int64_t closest_length(std::int64_t length, const std::vector<std::int64_t>& lengths) {
  std::int64_t closest = lengths.at(0);
  for (const std::int64_t other : lengths) {
    const std::int64_t difference = std::abs(length - other);
    const std::int64_t least = std::abs(length - closest);
    if (difference < least || (difference == least && other < closest)) closest = other;
  }
  return closest;
}

}  // namespace

BleuCounts& BleuCounts::operator+=(const BleuCounts& other) {
  length += other.length;
  reference_length += other.reference_length;
  std::ranges::transform(matches, other.matches, matches.begin(), std::plus<>());
  std::ranges::transform(total, other.total, total.begin(), std::plus<>());
  return *this;
}

BleuCounts bleu_counts(std::string_view hypothesis, const std::vector<std::string_view>& references,
                       BleuTokenizer tokenizer) {
  WordNumbers words;
  std::vector<std::vector<std::uint32_t>> sequences = {words.numbers(bleu_tokens(hypothesis, tokenizer))};
  std::vector<std::int64_t> lengths;
  for (const std::string_view reference : references) {
    sequences.push_back(words.numbers(bleu_tokens(reference, tokenizer)));
    lengths.push_back(static_cast<std::int64_t>(sequences.back().size()));
  }
  BleuCounts counts;
  counts.length = static_cast<std::int64_t>(sequences[0].size());
  counts.reference_length = closest_length(counts.length, lengths);
  Ngrams ngrams(std::move(sequences));
  for (std::size_t n = 0; n < bleu_orders; ++n) {
    if (n > 0) ngrams.lengthen();
    // An n-gram counts as often as it stands in any one reference.
    std::vector<std::uint32_t> allowed = ngrams.occurrences(1);
    for (std::size_t r = 2; r <= references.size(); ++r) {
      const auto more = ngrams.occurrences(r);
      for (std::size_t i = 0; i < allowed.size(); ++i) allowed[i] = std::max(allowed[i], more[i]);
    }
    counts.matches[n] = shared(ngrams.occurrences(0), allowed);
    counts.total[n] = static_cast<std::int64_t>(ngrams.count(0));
  }
  return counts;
}

double bleu_score(const BleuCounts& counts, BleuOrder order) {
  double brevity = 1;
  if (counts.length < counts.reference_length) {
    brevity =
        counts.length == 0
            ? 0
            : std::exp(1 - static_cast<double>(counts.reference_length) / static_cast<double>(counts.length));
  }
  if (std::ranges::all_of(counts.matches, [](std::int64_t matches) { return matches == 0; })) return 0;
  std::array<double, bleu_orders> precisions{};
  std::size_t orders = bleu_orders;
  double smoothing = 1;
  for (std::size_t n = 0; n < bleu_orders && counts.total[n] > 0; ++n) {
    const auto total = static_cast<double>(counts.total[n]);
    if (order == BleuOrder::effective) orders = n + 1;
    if (counts.matches[n] == 0) smoothing *= 2;
    precisions[n] = counts.matches[n] == 0 ? 100 / (smoothing * total)
                                           : 100 * static_cast<double>(counts.matches[n]) / total;
  }
  constexpr double log_of_zero = -9999999999;
  double sum = 0;
  for (std::size_t n = 0; n < orders; ++n) sum += precisions[n] == 0 ? log_of_zero : std::log(precisions[n]);
  return brevity * std::exp(sum / static_cast<double>(orders));
}

}  // namespace assay::eval
