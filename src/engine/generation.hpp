// The text side of one generation: when it ends, and what it says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/engine/request.hpp"
#include "assay/text/tokenizer.hpp"

namespace assay::engine {

class Generation {
 public:
  /// `tokenizer` may be null: then there is no text and `stops` must be empty. `eos_ids` must outlive this.
  Generation(const text::Tokenizer* tokenizer, const std::vector<TokenId>& eos_ids,
             std::vector<std::string> stops, std::int64_t max_new_tokens);

  /// Takes the next token. True if it ended the generation; call no more then.
  bool push(TokenId token);
  [[nodiscard]] bool finished() const { return reason_ != FinishReason::none; }
  [[nodiscard]] std::int64_t tokens() const { return static_cast<std::int64_t>(tokens_.size()); }
  /// Moves what was generated into `completion`.
  void take_into(Completion& completion);

 private:
  /// True if a stop string lies in the text, ending no earlier than `from`.
  [[nodiscard]] bool stopped(std::size_t from) const;
  /// Of the stop strings, those that are the text of one special token, which decoding skips.
  [[nodiscard]] std::vector<TokenId> special_stops(const text::Tokenizer& tokenizer) const;

  const std::vector<TokenId>* eos_ids_;
  std::vector<std::string> stops_;
  std::vector<TokenId> stop_ids_;  // special tokens that are stops
  std::size_t longest_stop_ = 0;
  std::int64_t max_new_tokens_;
  std::optional<text::StreamingDecoder> decoder_;
  std::vector<TokenId> tokens_;
  std::string text_;
  FinishReason reason_ = FinishReason::none;
};

/// `text` cut at the first occurrence of each stop string in turn, as lm-evaluation-harness does. Empty stops
/// are skipped.
[[nodiscard]] std::string cut_at_stops(std::string text, const std::vector<std::string>& stops);

}  // namespace assay::engine
