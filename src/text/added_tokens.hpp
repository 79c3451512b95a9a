// Added tokens: strings that are recognised in the text before the model sees it.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "assay/text/byte_range.hpp"
#include "text/bpe.hpp"
#include "text/normalizer.hpp"

namespace assay::text {

struct AddedToken {
  std::string content;
  bool single_word = false;  ///< only where no word character touches it
  bool lstrip = false;       ///< swallows white space before it
  bool rstrip = false;       ///< swallows white space after it
  bool normalized = false;   ///< sought in the normalised text, not in the raw text
  bool special = false;      ///< left out by decode(skip_special_tokens)
  bool operator==(const AddedToken&) const = default;
};

/// Finds the leftmost, then longest, of a set of strings.
class StringMatcher {
 public:
  /// `value` must not be negative. Of two equal strings the first counts.
  void add(std::string_view text, TokenId value);
  struct Match {
    ByteRange range;
    TokenId value;
  };
  /// Says whether a match counts.
  using Allowed = std::function<bool(const Match&)>;
  /// The first match at or after `from` that counts, if any; of those at one place the longest. Without
  /// `allowed` all count.
  [[nodiscard]] std::optional<Match> find(std::string_view text, std::size_t from,
                                          const Allowed& allowed = {}) const;
  [[nodiscard]] bool empty() const { return nodes_.size() <= 1; }

 private:
  struct Node {
    std::vector<std::pair<unsigned char, int>> children;  // sorted by byte
    TokenId value = -1;
  };
  [[nodiscard]] int child(int node, unsigned char byte) const;
  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::array<int, 256> first_ = filled();  // children of the root by byte, or -1
  static constexpr std::array<int, 256> filled() {
    std::array<int, 256> none{};
    none.fill(-1);
    return none;
  }
};

/// The vocabulary beyond the model's own. Built once, then immutable.
class AddedVocabulary {
 public:
  using FindInModel = std::function<std::optional<TokenId>(std::string_view)>;

  /// `model_size`: number of tokens of the model, after which new tokens are numbered.
  AddedVocabulary(FindInModel find_in_model, TokenId model_size)
      : find_in_model_(std::move(find_in_model)), model_size_(model_size) {}

  /// Adds or changes a token. Its id is the one its text already has, else the next free one. Tokens with
  /// empty text are ignored. Throws InputError, beginning with `where`, for text that is too long.
  TokenId add(const AddedToken& token, std::string_view where);
  /// Must be called after the last add(): prepares matching in normalised text.
  void finish(const Normalizer* normalizer);

  /// Splits the input at added tokens and normalises what lies between. Special tokens are not sought in the
  /// `plain` ranges (Tokenizer::encode).
  [[nodiscard]] std::vector<Piece> split(std::string_view text, const Normalizer* normalizer,
                                         std::span<const ByteRange> plain = {}) const;

  [[nodiscard]] std::optional<TokenId> find(std::string_view content) const;
  /// The text of an added token, or null.
  [[nodiscard]] const std::string* token(TokenId id) const;
  /// What the decoder gets for an added token: its text as it was sought, so normalised if that is how; or
  /// null.
  [[nodiscard]] const std::string* decodable(TokenId id) const;
  [[nodiscard]] bool is_special(TokenId id) const;
  /// Largest id, or -1.
  [[nodiscard]] TokenId max_id() const { return max_id_; }

 private:
  void split_piece(Piece piece, const StringMatcher& matcher, const StringMatcher::Allowed& allowed,
                   std::vector<Piece>& out) const;
  /// Whether a match in a normalised piece counts, by where the plain ranges end up in it.
  [[nodiscard]] StringMatcher::Allowed allowed_in(const Piece& before, const Piece& after,
                                                  const Normalizer* normalizer,
                                                  std::span<const ByteRange> plain) const;

  FindInModel find_in_model_;
  TokenId model_size_;
  TokenId max_id_ = -1;
  Vocabulary ids_;
  std::unordered_map<TokenId, AddedToken> tokens_;
  std::unordered_map<TokenId, std::string> normalized_text_;
  std::unordered_set<TokenId> special_;
  std::vector<std::pair<AddedToken, TokenId>> added_;  // every form in which a token was added
  StringMatcher raw_;
  StringMatcher normalized_;
};

/// Reads {"content": ..., "lstrip": ...}; flags that are absent are false.
[[nodiscard]] AddedToken read_added_token(const JsonNode& node);

}  // namespace assay::text
