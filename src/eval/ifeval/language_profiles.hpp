// The n-gram profiles of langdetect, built into the program.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::eval {

/// How probable one n-gram is in one language that knows it.
struct NgramProbability {
  std::uint32_t language;  ///< index into LanguageProfiles::languages
  double probability;
};

/// One to three characters as one number.
using Ngram = std::uint64_t;
[[nodiscard]] Ngram ngram_of(std::span<const char32_t> characters);

class LanguageProfiles {
 public:
  /// Those of this build; read when first asked for. Throws InputError if there are none.
  static const LanguageProfiles& get();

  /// Codes in alphabetical order.
  std::vector<std::string> languages;
  /// Characters that stand for others: ideographs of similar use by one of them.
  std::map<char32_t, char32_t> ideographs;
  /// A letter and a combining tone mark of Vietnamese as one character.
  std::map<std::pair<char32_t, char32_t>, char32_t> toned;
  /// Characters of Latin-1 that count as spaces.
  std::vector<char32_t> latin1_spaces;

  /// Languages that know the n-gram; empty if none does.
  [[nodiscard]] std::span<const NgramProbability> find(Ngram ngram) const;

 private:
  explicit LanguageProfiles(std::string_view data);
  void read_characters(std::string_view properties);

  struct Entry {
    Ngram ngram;
    std::uint32_t begin;  // in probabilities_, up to the next entry's
  };
  std::vector<Entry> entries_;  // by ngram, and one behind the last
  std::vector<NgramProbability> probabilities_;
};

/// What the build took from langdetect: one JSON profile a line in alphabetical order, then, behind an empty
/// line, messages.properties. Empty if the build did not find it.
[[nodiscard]] std::string_view language_profile_data();

}  // namespace assay::eval
