// tokenizer.json of Hugging Face's tokenizers library.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "assay/text/tokenizer.hpp"

namespace assay::text {

/// Reads <directory>/tokenizer.json and the files beside it. Throws InputError naming file and key for
/// anything not understood.
[[nodiscard]] std::unique_ptr<Tokenizer> load_hf_tokenizer(const std::filesystem::path& directory);

/// The same from the text of a tokenizer.json alone, without any configuration.
[[nodiscard]] std::unique_ptr<Tokenizer> parse_hf_tokenizer(std::string_view json);

}  // namespace assay::text
