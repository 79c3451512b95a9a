// Remembers the ids of short words; natural text repeats them. Bounded: a word that hashes to a taken place
// replaces what is there. For one thread.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "assay/text/tokenizer.hpp"

namespace assay::text {

/// Words of at most 8 × Words bytes and Ids ids, in a table of `Places` (a power of two).
template <std::size_t Words, std::size_t Ids, std::size_t Places>
class WordTable {
 public:
  static constexpr std::size_t max_word_bytes = 8 * Words;

  /// Appends the ids of a word if they are known.
  [[nodiscard]] bool append(std::string_view word, std::vector<TokenId>& ids) const {
    const Key key = key_of(word);
    const std::size_t place = place_of(key, word.size());
    for (const std::size_t at : {place, place ^ 1U}) {
      const Entry& entry = entries_[at];
      if (entry.bytes == word.size() && entry.key == key) {
        ids.insert(ids.end(), entry.ids.data(), entry.ids.data() + entry.count);
        return true;
      }
    }
    return false;
  }

  void keep(std::string_view word, const TokenId* begin, const TokenId* end) {
    if (end - begin > static_cast<std::ptrdiff_t>(Ids)) return;
    const Key key = key_of(word);
    const std::size_t place = place_of(key, word.size());
    if (entries_[place].bytes != 0) entries_[place ^ 1U] = entries_[place];  // the older one gives way
    Entry& entry = entries_[place];
    entry.key = key;
    entry.bytes = static_cast<std::uint8_t>(word.size());
    entry.count = static_cast<std::uint8_t>(end - begin);
    std::copy(begin, end, entry.ids.begin());
  }

 private:
  using Key = std::array<std::uint64_t, Words>;
  struct alignas(64) Entry {
    Key key{};
    std::array<TokenId, Ids> ids{};
    std::uint8_t bytes = 0;  // 0: free
    std::uint8_t count = 0;
  };

  template <class Word>
  static Word load(const char* at) {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
  }

  // Words of one length have equal keys only if they are equal: the loads overlap where they must.
  static Key key_of(std::string_view word) {
    const char* begin = word.data();
    const std::size_t size = word.size();
    Key key{};
    if (size >= 8) {
      key[0] = load<std::uint64_t>(begin + size - 8);
      for (std::size_t i = 1; 8 * i < size; ++i) key[i] = load<std::uint64_t>(begin + 8 * (i - 1));
    } else if (size >= 4) {
      key[0] = load<std::uint32_t>(begin) | std::uint64_t{load<std::uint32_t>(begin + size - 4)} << 32;
    } else {
      const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(begin[i])}; };
      key[0] = byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
    }
    return key;
  }

  static std::size_t place_of(const Key& key, std::size_t size) {
    std::uint64_t hash = size;
    for (const std::uint64_t word : key) hash = (std::rotl(hash, 29) ^ word) * 0x9E3779B97F4A7C15U;
    return static_cast<std::size_t>(hash >> 32) & (Places - 1);
  }

  std::vector<Entry> entries_ = std::vector<Entry>(Places);
};

class WordCache {
 public:
  static constexpr std::size_t max_word_bytes = 88;

  /// Appends the ids of a word of 1 to max_word_bytes bytes if they are known.
  [[nodiscard]] bool append(std::string_view word, std::vector<TokenId>& ids) const {
    return word.size() <= Short::max_word_bytes ? short_.append(word, ids) : long_.append(word, ids);
  }
  /// Keeps the ids of a word of 1 to max_word_bytes bytes, unless they are too many.
  void keep(std::string_view word, const TokenId* begin, const TokenId* end) {
    if (word.size() <= Short::max_word_bytes) {
      short_.keep(word, begin, end);
    } else {
      long_.keep(word, begin, end);
    }
  }

 private:
  using Short = WordTable<3, 9, std::size_t{1} << 15>;                   // 64 bytes an entry
  using Long = WordTable<max_word_bytes / 8, 25, std::size_t{1} << 12>;  // 192 bytes an entry
  Short short_;
  Long long_;
};

}  // namespace assay::text
