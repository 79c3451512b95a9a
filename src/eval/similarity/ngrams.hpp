// Counting n-grams that two or more sequences share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace assay::eval {

/// Numbers for words, so that sequences of them can be compared.
class WordNumbers {
 public:
  [[nodiscard]] std::uint32_t number(std::string_view word);
  [[nodiscard]] std::vector<std::uint32_t> numbers(const std::vector<std::string>& words);

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

/// The n-grams of several sequences, one order after the other, each as a number that is the same wherever
/// the n-gram stands. Memory and time are linear in the sequences, but for the logarithm of a sort.
class Ngrams {
 public:
  /// Order 1.
  explicit Ngrams(std::vector<std::vector<std::uint32_t>> sequences);
  /// The next order.
  void lengthen();
  /// N-grams of the current order in a sequence: length - order + 1, or none.
  [[nodiscard]] std::size_t count(std::size_t sequence) const;
  /// Occurrences of each n-gram in a sequence, by its number.
  [[nodiscard]] std::vector<std::uint32_t> occurrences(std::size_t sequence) const;

 private:
  void renumber(std::vector<std::vector<std::uint64_t>>& keys);

  std::vector<std::vector<std::uint32_t>> units_;
  std::vector<std::vector<std::uint32_t>> ngrams_;
  std::size_t order_ = 1;
  std::size_t distinct_ = 0;
};

/// Sum of the smaller of both counts.
[[nodiscard]] std::int64_t shared(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

}  // namespace assay::eval
