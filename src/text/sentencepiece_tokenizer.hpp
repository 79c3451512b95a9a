// tokenizer.model: a SentencePiece model, used where a directory has no tokenizer.json.
#pragma once

#include <filesystem>
#include <memory>

#include "assay/text/tokenizer.hpp"

namespace assay::text {

/// Reads <directory>/tokenizer.model and the configuration beside it. Text between added tokens is encoded
/// by the sentencepiece library; BOS and EOS follow LlamaTokenizer's defaults. Throws InputError.
[[nodiscard]] std::unique_ptr<Tokenizer> load_sentencepiece_tokenizer(const std::filesystem::path& directory);

}  // namespace assay::text
