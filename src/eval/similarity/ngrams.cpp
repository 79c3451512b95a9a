#include "eval/similarity/ngrams.hpp"

#include <algorithm>
#include <utility>

namespace assay::eval {

std::uint32_t WordNumbers::number(std::string_view word) {
  return numbers_.try_emplace(std::string(word), static_cast<std::uint32_t>(numbers_.size())).first->second;
}

std::vector<std::uint32_t> WordNumbers::numbers(const std::vector<std::string>& words) {
  std::vector<std::uint32_t> result;
  result.reserve(words.size());
  for (const std::string& word : words) result.push_back(number(word));
  return result;
}

Ngrams::Ngrams(std::vector<std::vector<std::uint32_t>> sequences) : units_(std::move(sequences)) {
  std::vector<std::vector<std::uint64_t>> keys;
  for (const auto& sequence : units_) keys.emplace_back(sequence.begin(), sequence.end());
  renumber(keys);
}

// An n-gram is the one before it, shorter by one, and the unit that follows.
void Ngrams::lengthen() {
  std::vector<std::vector<std::uint64_t>> keys(units_.size());
  for (std::size_t s = 0; s < units_.size(); ++s) {
    const std::size_t longer = ngrams_[s].empty() ? 0 : ngrams_[s].size() - 1;
    keys[s].reserve(longer);
    for (std::size_t i = 0; i < longer; ++i)
      keys[s].push_back((std::uint64_t{ngrams_[s][i]} << 32) | units_[s][i + order_]);
  }
  ++order_;
  renumber(keys);
}

void Ngrams::renumber(std::vector<std::vector<std::uint64_t>>& keys) {
  std::vector<std::uint64_t> distinct;
  for (const auto& sequence : keys) distinct.insert(distinct.end(), sequence.begin(), sequence.end());
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  distinct_ = distinct.size();
  ngrams_.assign(keys.size(), {});
  for (std::size_t s = 0; s < keys.size(); ++s) {
    ngrams_[s].reserve(keys[s].size());
    for (const std::uint64_t key : keys[s])
      ngrams_[s].push_back(
          static_cast<std::uint32_t>(std::ranges::lower_bound(distinct, key) - distinct.begin()));
  }
}

std::size_t Ngrams::count(std::size_t sequence) const {
  return ngrams_[sequence].size();
}

std::vector<std::uint32_t> Ngrams::occurrences(std::size_t sequence) const {
  std::vector<std::uint32_t> counts(distinct_);
  for (const std::uint32_t ngram : ngrams_[sequence]) ++counts[ngram];
  return counts;
}

std::int64_t shared(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::min(a[i], b[i]);
  return sum;
}

}  // namespace assay::eval
