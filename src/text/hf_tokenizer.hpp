// tokenizer.json of Hugging Face's tokenizers library.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "assay/text/tokenizer.hpp"
#include "text/tokenizer_config.hpp"
#include "text/tokenizer_json.hpp"

namespace assay::text {

/// Reads <directory>/tokenizer.json and the files beside it. Throws InputError naming file and key for
/// anything not understood.
[[nodiscard]] std::unique_ptr<Tokenizer> load_hf_tokenizer(const std::filesystem::path& directory);

/// The same from what was read already. `source` is the file to name in errors; `files` are (name, bytes) for
/// the fingerprint.
[[nodiscard]] std::unique_ptr<Tokenizer> make_hf_tokenizer(
    const TokenizerJson& json, const std::string& source, const TokenizerConfig& config,
    const std::vector<std::pair<std::string, std::string>>& files);

/// The same from the text of a tokenizer.json alone, without any configuration.
[[nodiscard]] std::unique_ptr<Tokenizer> parse_hf_tokenizer(std::string_view json);

}  // namespace assay::text
