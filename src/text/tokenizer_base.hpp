// What tokenizers of both file formats share: added tokens, BOS and EOS, decoding.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/text/tokenizer.hpp"
#include "text/added_tokens.hpp"
#include "text/decoder.hpp"
#include "text/post_processor.hpp"
#include "text/tokenizer_config.hpp"

namespace assay::text {

class TokenizerBase : public Tokenizer {
 public:
  using Tokenizer::encode;
  [[nodiscard]] std::vector<TokenId> encode(std::string_view text, bool add_special_tokens,
                                            std::span<const ByteRange> plain) const final;
  [[nodiscard]] std::string decode(std::span<const TokenId> ids, bool skip_special_tokens) const final;
  [[nodiscard]] int vocab_size() const final { return vocab_size_; }
  [[nodiscard]] std::optional<TokenId> bos_id() const final { return bos_; }
  [[nodiscard]] std::optional<TokenId> eos_id() const final { return eos_; }
  [[nodiscard]] std::string token_text(TokenId id) const final;
  [[nodiscard]] const std::string& fingerprint() const final { return fingerprint_; }
  [[nodiscard]] std::unique_ptr<DecodeStream> decode_stream(bool skip_special_tokens) const final;

  /// The text that decoding works on, or null for an unknown or (if asked) special token.
  [[nodiscard]] const std::string* decodable(TokenId id, bool skip_special_tokens) const;

 protected:
  explicit TokenizerBase(AddedVocabulary added) : added_(std::move(added)) {}

  /// Ids of valid UTF-8 without the post-processor; `plain` as encode() says.
  [[nodiscard]] virtual std::vector<TokenId> encode_valid(std::string_view text,
                                                          std::span<const ByteRange> plain) const = 0;
  /// A token of the model itself, or null.
  [[nodiscard]] virtual const std::string* model_token(TokenId id) const = 0;

  /// Adds the configured tokens, finds BOS and EOS. `model_tokens` is one more than the model's largest id.
  void configure(const TokenizerConfig& config, const Normalizer* normalizer, TokenId model_tokens);
  /// Replaces the post-processor where the configuration asks for it.
  void override_post_processor(const TokenizerConfig& config, bool has_own);
  /// SHA-256 over names, lengths and bytes of the files.
  void set_fingerprint(const std::vector<std::pair<std::string, std::string>>& files);

  AddedVocabulary added_;
  Decoder decoder_;
  PostProcessor post_processor_;

 private:
  int vocab_size_ = 0;
  std::optional<TokenId> bos_;
  std::optional<TokenId> eos_;
  std::string fingerprint_;
};

}  // namespace assay::text
