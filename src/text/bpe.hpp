// Byte-pair encoding as the tokenizers library's BPE model does it (Sennrich et al., 2016): merges are
// applied by rank, then by position. Short words are remembered; long ones take time linear in them but for a
// logarithm.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assay/text/tokenizer.hpp"
#include "text/json_node.hpp"
#include "text/tokenizer_json.hpp"
#include "text/word_cache.hpp"

namespace assay::text {

/// Hash of string keys that also takes string views.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using Vocabulary = std::unordered_map<std::string, TokenId, StringHash, std::equal_to<>>;

/// Which characters merges can join. Between two that none joins, a text may be cut without changing its ids:
/// the parts of a piece then are words that repeat, even where nothing was split before.
class JoinedCharacters {
 public:
  /// Off until then: nothing is cut.
  void allow_cuts() { on_ = true; }
  [[nodiscard]] bool on() const { return on_; }
  /// A merge joins two tokens, neither empty.
  void add(std::string_view left, std::string_view right);
  /// Whether no merge joins the last character of `before` to a following "▁".
  [[nodiscard]] bool cut_before_space(std::string_view before) const {
    return !before_space_[static_cast<unsigned char>(before.back())];
  }
  /// Whether no merge joins two characters.
  [[nodiscard]] bool cut_between(char32_t left, char32_t right) const { return !bits_[slot_of(left, right)]; }

 private:
  static constexpr std::size_t slots = std::size_t{1} << 18;
  static std::size_t slot_of(char32_t left, char32_t right) {
    return (left * 0x9E3779B1U ^ right * 0x85EBCA77U) >> 14;  // 32 - 14 = 18 bits
  }
  bool on_ = false;
  std::array<bool, 256> before_space_{};  // by the last byte of what may be joined
  std::vector<bool> bits_ = std::vector<bool>(slots);
};

/// Immutable; may be used by many threads at once.
class BpeModel {
 public:
  /// What encoding needs beside the model. For one thread, and for one model and alphabet only.
  class Scratch;
  /// How a piece is given: in the vocabulary's characters, or as bytes that stand for GPT-2's characters
  /// (text/byte_level.hpp).
  enum class Alphabet { characters, bytes };

  /// From the "model" object of tokenizer.json and the tables taken out of it. Throws InputError.
  BpeModel(const JsonNode& node, const BpeTables& tables);

  /// Appends the ids of one pre-tokenised piece of valid UTF-8, or of any bytes. Characters that are neither
  /// in the vocabulary nor covered by byte fallback or an unknown token are dropped, as the reference does.
  /// Bytes may only be given if knows_all_bytes().
  void encode(std::string_view piece, Alphabet alphabet, Scratch& scratch, std::vector<TokenId>& ids) const;

  /// Whether the character of every byte is in the vocabulary.
  [[nodiscard]] bool knows_all_bytes() const { return knows_all_bytes_; }

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
  struct Candidate;

  void read_vocabulary(const JsonNode& node, const BpeTables& tables);
  void read_merges(const JsonNode& node, const BpeTables& tables);
  void add_merge(TokenId left, TokenId right, std::uint32_t rank, TokenId result);
  [[nodiscard]] const Merge* find_merge(TokenId left, TokenId right) const;
  void find_cuts(const BpeTables& tables);
  void encode_long(std::string_view word, Alphabet alphabet, Scratch& scratch,
                   std::vector<TokenId>& ids) const;
  void encode_word(std::string_view word, Alphabet alphabet, Scratch& scratch,
                   std::vector<TokenId>& ids) const;
  void symbols_of(std::string_view word, std::vector<TokenId>& symbols) const;
  [[nodiscard]] bool add_bytes(std::string_view character, std::vector<TokenId>& symbols) const;
  void merge_few(Scratch& scratch) const;
  void merge_many(Scratch& scratch) const;
  void link_symbols(Scratch& scratch) const;
  /// Merges rank by rank without a heap; false, with nothing done, if some merge makes a pair that should
  /// have gone before it (no trained vocabulary has such).
  [[nodiscard]] bool merge_by_rank(Scratch& scratch) const;

  Vocabulary vocabulary_;
  std::vector<const std::string*> tokens_;  // by id; points into vocabulary_
  std::vector<Merge> merges_;               // size is a power of two
  std::vector<TokenId> characters_;         // ids of one-character tokens below U+0800, or -1
  std::vector<TokenId> bytes_;              // ids of <0x00> to <0xFF>, or -1
  std::array<TokenId, 256> byte_level_{};   // ids of the characters that stand for bytes, or -1
  bool knows_all_bytes_ = false;
  JoinedCharacters joined_;
  std::optional<TokenId> unknown_;
  std::optional<std::string> missing_unknown_;
  bool fuse_unknown_ = false;
  bool byte_fallback_ = false;
  bool ignore_merges_ = false;
};

struct BpeModel::Symbol {
  TokenId id;
  std::int32_t previous;
  std::int32_t next;
};

struct BpeModel::Candidate {
  std::uint32_t rank;
  std::int32_t position;
  TokenId result;
  // Smallest rank first, then leftmost, when this is the order of a heap.
  bool operator<(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : position > other.position;
  }
};

class BpeModel::Scratch {
 private:
  friend class BpeModel;
  WordCache cache_;
  std::vector<TokenId> symbols_;  // of the word at hand; after merging, its ids
  std::vector<Merge> pairs_;      // of each symbol with the next
  std::vector<Symbol> linked_;
  std::vector<Candidate> heap_;
};

}  // namespace assay::text
