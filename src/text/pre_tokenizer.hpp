// Pre-tokenisers of tokenizer.json: split the normalised text into the pieces that BPE sees.
#pragma once

#include <memory>
#include <vector>

#include "text/json_node.hpp"
#include "text/normalizer.hpp"

namespace assay::text {

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  /// Replaces each piece that is not a token by its parts; no part is empty.
  virtual void apply(std::vector<Piece>& pieces) const = 0;
};

/// Supported: Sequence, ByteLevel, Split, Metaspace, Digits, Punctuation, Whitespace, WhitespaceSplit.
/// Throws InputError for anything else, and for more steps than max_chain_steps.
[[nodiscard]] std::unique_ptr<PreTokenizer> make_pre_tokenizer(const JsonNode& node);

}  // namespace assay::text
