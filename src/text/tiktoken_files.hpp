// Vocabularies in tiktoken's format: lines of "<base64 of a token's bytes> <rank>". The file names neither
// the pattern nor the special tokens; the family does.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "assay/text/tokenizer.hpp"
#include "text/tokenizer_json.hpp"

namespace assay::text {

/// Whether the bytes begin like such a file. SentencePiece models, which may have the same name, do not.
[[nodiscard]] bool is_tiktoken(std::string_view bytes);

/// Tokens in GPT-2's characters with their ranks as ids, and every pair of tokens that makes a third, with
/// its rank. Throws InputError, beginning with `source`, for malformed lines.
[[nodiscard]] BpeTables read_tiktoken(std::string_view bytes, const std::string& source);

/// Reads <directory>/<file>: Qwen's qwen.tiktoken, Llama 3's and GLM-4's tokenizer.model, with the
/// configuration beside it. Throws InputError for other families.
[[nodiscard]] std::unique_ptr<Tokenizer> load_tiktoken(const std::filesystem::path& directory,
                                                       const std::string& file);

}  // namespace assay::text
