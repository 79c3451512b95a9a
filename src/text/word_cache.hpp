// Remembers the ids of short pieces; natural text repeats them. Bounded, and shared between threads.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assay/text/tokenizer.hpp"

namespace assay::text {

class WordCache {
 public:
  static constexpr std::size_t max_word_bytes = 64;

  /// Appends the ids of `word` if they are known.
  [[nodiscard]] bool append(std::string_view word, std::vector<TokenId>& ids) const {
    const std::size_t hash = std::hash<std::string_view>{}(word);
    const Shard& shard = shards_[hash % shard_count];
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.words.find(word);
    if (it == shard.words.end()) return false;
    ids.insert(ids.end(), it->second.begin(), it->second.end());
    return true;
  }

  /// Keeps the ids unless the cache is full.
  void keep(std::string_view word, const TokenId* begin, const TokenId* end) const {
    const std::size_t hash = std::hash<std::string_view>{}(word);
    Shard& shard = shards_[hash % shard_count];
    const std::lock_guard lock(shard.mutex);
    if (shard.words.size() < max_words_per_shard) shard.words.try_emplace(std::string(word), begin, end);
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, std::vector<TokenId>, Hash, std::equal_to<>> words;
  };
  static constexpr std::size_t shard_count = 61;  // prime: the maps inside use the same hash
  static constexpr std::size_t max_words_per_shard = 1024;
  mutable std::array<Shard, shard_count> shards_;
};

}  // namespace assay::text
