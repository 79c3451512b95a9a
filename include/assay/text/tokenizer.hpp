// Text <-> token ids, as Hugging Face's tokenizers do it for a model directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/text/byte_range.hpp"

namespace assay::text {

using TokenId = std::int32_t;

/// A decode in progress: text is handed out only once later tokens cannot change it. Used by one thread;
/// must not outlive its tokenizer.
class DecodeStream {
 public:
  virtual ~DecodeStream() = default;
  /// The text that `id` completes; may be empty.
  [[nodiscard]] virtual std::string push(TokenId id) = 0;
  /// What was held back. Must be the last call.
  [[nodiscard]] virtual std::string finish() = 0;
  /// What finish() would return now.
  [[nodiscard]] virtual std::string pending() const = 0;
};

/// Immutable and safe to share between threads.
class Tokenizer {
 public:
  Tokenizer() = default;
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;
  virtual ~Tokenizer() = default;
  /// Ids of UTF-8 text. Invalid bytes are replaced by U+FFFD first, as Python's errors="replace" does.
  /// With `add_special_tokens` the post-processor runs (BOS, EOS as the model directory asks).
  [[nodiscard]] std::vector<TokenId> encode(std::string_view text, bool add_special_tokens) const {
    return encode(text, add_special_tokens, {});
  }
  /// The same, but an added token flagged as special is recognised only where no byte of its text lies in one
  /// of the `plain` ranges; there its text is encoded like any other ("<|im_end|>" written by a user). White
  /// space that a token swallows (lstrip, rstrip) is not part of its text. Added tokens that are not special
  /// are recognised everywhere. `plain`: bytes of `text`; sorted, disjoint, none reaching behind the text.
  [[nodiscard]] virtual std::vector<TokenId> encode(std::string_view text, bool add_special_tokens,
                                                    std::span<const ByteRange> plain) const = 0;
  /// UTF-8 text of ids, as transformers' `decode` with clean_up_tokenization_spaces=False.
  [[nodiscard]] virtual std::string decode(std::span<const TokenId> ids, bool skip_special_tokens) const = 0;
  /// One more than the largest id (added tokens included).
  [[nodiscard]] virtual int vocab_size() const = 0;
  /// Beginning- and end-of-sequence ids by tokenizer_config.json / special_tokens_map.json, if any.
  [[nodiscard]] virtual std::optional<TokenId> bos_id() const = 0;
  [[nodiscard]] virtual std::optional<TokenId> eos_id() const = 0;
  /// The token's own text ("<s>"), or empty for an unknown id.
  [[nodiscard]] virtual std::string token_text(TokenId id) const = 0;
  /// Decodes token by token; the pieces together equal decode() of all ids. Constant work a token.
  [[nodiscard]] virtual std::unique_ptr<DecodeStream> decode_stream(bool skip_special_tokens) const = 0;
  /// SHA-256 over the files that define it, for results and resume keys.
  [[nodiscard]] virtual const std::string& fingerprint() const = 0;
};

/// Reads tokenizer.json (else tokenizer.model) with tokenizer_config.json, special_tokens_map.json and
/// added_tokens.json where present. Throws InputError naming file and key for anything not understood.
[[nodiscard]] std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& model_directory);

/// Decodes a growing sequence piece by piece; unfinished UTF-8 is held back. The concatenation of all
/// pieces equals decode() of all ids. The tokenizer must outlive it.
class StreamingDecoder {
 public:
  StreamingDecoder(const Tokenizer& tokenizer, bool skip_special_tokens)
      : stream_(tokenizer.decode_stream(skip_special_tokens)) {}
  /// The text that `id` completes; may be empty.
  [[nodiscard]] std::string push(TokenId id) { return stream_->push(id); }
  /// What was held back. Must be the last call.
  [[nodiscard]] std::string finish() { return stream_->finish(); }
  /// What finish() would return now.
  [[nodiscard]] std::string pending() const { return stream_->pending(); }

 private:
  std::unique_ptr<DecodeStream> stream_;
};

}  // namespace assay::text
