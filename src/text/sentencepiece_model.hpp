// The few fields of a SentencePiece model file (sentencepiece_model.proto) that its library does not show.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::text {

struct SentencePieceHeader {
  int model_type = 1;            ///< TrainerSpec.model_type; 1 unigram (the default), 2 BPE
  bool add_dummy_prefix = true;  ///< NormalizerSpec.add_dummy_prefix
};

/// Walks the file's top-level messages. Empty if the bytes are not such a message.
[[nodiscard]] std::optional<SentencePieceHeader> read_sentencepiece_header(std::string_view bytes);

/// The same model with add_dummy_prefix off. In the wire format a repeated message is merged into the
/// earlier one, its fields winning.
[[nodiscard]] std::string without_dummy_prefix(std::string_view bytes);

}  // namespace assay::text
