// vocab.json and merges.txt: what directories of byte-level models hold that have no tokenizer.json.
#pragma once

#include <filesystem>
#include <memory>

#include "assay/text/tokenizer.hpp"

namespace assay::text {

/// Reads both and the configuration beside them. The class named there (else config.json's model type) says
/// how text is split: GPT-2's and its like, or Qwen2's. Throws InputError for other classes.
[[nodiscard]] std::unique_ptr<Tokenizer> load_vocabulary_files(const std::filesystem::path& directory);

}  // namespace assay::text
