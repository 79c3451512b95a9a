// Byte-pair encoding as the tokenizers library's BPE model does it (Sennrich et al., 2016): merges are
// applied by rank, then by position. A heap keeps long pieces at O(n log n).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assay/text/tokenizer.hpp"
#include "text/json_node.hpp"
#include "text/tokenizer_json.hpp"

namespace assay::text {

/// Hash of string keys that also takes string views.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using Vocabulary = std::unordered_map<std::string, TokenId, StringHash, std::equal_to<>>;

class WordCache;

/// Immutable; may be used by many threads at once.
class BpeModel {
 public:
  /// From the "model" object of tokenizer.json and the tables taken out of it. Throws InputError.
  BpeModel(const JsonNode& node, const BpeTables& tables);
  ~BpeModel();

  /// Appends the ids of one pre-tokenised piece of valid UTF-8. Characters that are neither in the
  /// vocabulary nor covered by byte fallback or an unknown token are dropped, as the reference does.
  void encode(std::string_view piece, std::vector<TokenId>& ids) const;

  [[nodiscard]] std::optional<TokenId> find(std::string_view token) const;
  /// The token of an id, or null.
  [[nodiscard]] const std::string* token(TokenId id) const;
  /// Number of entries of the vocabulary.
  [[nodiscard]] TokenId size() const { return static_cast<TokenId>(vocabulary_.size()); }
  /// One more than the largest id.
  [[nodiscard]] TokenId id_bound() const { return static_cast<TokenId>(tokens_.size()); }

 private:
  /// Open-addressing table from a pair of ids to the merge's rank and result.
  struct Merge {
    std::uint64_t pair = empty_pair;
    std::uint32_t rank = 0;
    TokenId result = 0;
    static constexpr std::uint64_t empty_pair = ~std::uint64_t{0};
  };
  struct Symbol;

  void read_vocabulary(const JsonNode& node, const BpeTables& tables);
  void read_merges(const JsonNode& node, const BpeTables& tables);
  void add_merge(TokenId left, TokenId right, std::uint32_t rank, TokenId result);
  [[nodiscard]] const Merge* find_merge(TokenId left, TokenId right) const;
  [[nodiscard]] std::vector<Symbol> symbols_of(std::string_view piece) const;
  [[nodiscard]] bool add_bytes(std::string_view character, std::vector<Symbol>& symbols) const;
  void merge_all(std::vector<Symbol>& symbols) const;

  Vocabulary vocabulary_;
  std::vector<const std::string*> tokens_;  // by id; points into vocabulary_
  std::vector<Merge> merges_;               // size is a power of two
  std::vector<TokenId> characters_;         // ids of one-character tokens below U+0800, or -1
  std::vector<TokenId> bytes_;              // ids of <0x00> to <0xFF>, or -1
  std::optional<TokenId> unknown_;
  std::optional<std::string> missing_unknown_;
  bool fuse_unknown_ = false;
  bool byte_fallback_ = false;
  bool ignore_merges_ = false;
  std::unique_ptr<WordCache> cache_;
};

}  // namespace assay::text
