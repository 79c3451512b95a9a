// Normalisers of tokenizer.json: rewrite the text before it is split.
#pragma once

#include <memory>
#include <string>

#include "assay/text/byte_range.hpp"
#include "assay/text/tokenizer.hpp"
#include "text/json_node.hpp"

namespace assay::text {

/// A text on its way to the model.
struct Piece {
  std::string text;
  /// Leading bytes that come from the very first character of the input (Metaspace "first" asks).
  std::size_t start_bytes = 0;
  TokenId token = -1;     ///< already an added token; `text` is unused then
  std::size_t begin = 0;  ///< where the text began before it was normalised
};

/// The part of a piece in a byte range.
[[nodiscard]] Piece part_of(const Piece& piece, const ByteRange& range);

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  /// Rewrites the text and keeps `start_bytes` right. Throws InputError where the text would become longer
  /// than `max_bytes` (text/growth.hpp).
  virtual void apply(Piece& piece, std::size_t max_bytes) const = 0;
};

/// Supported: Sequence, Prepend, Replace, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents. Throws
/// InputError for anything else, and for more steps than max_chain_steps.
[[nodiscard]] std::unique_ptr<Normalizer> make_normalizer(const JsonNode& node);

}  // namespace assay::text
