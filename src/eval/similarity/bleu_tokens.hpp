// Tokenizers of machine-translation metrics, as sacrebleu defines them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::eval {

enum class BleuTokenizer {
  v13a,           ///< mteval-v13a: ASCII punctuation apart, but not within numbers; the default
  international,  ///< mteval-v14: punctuation and symbols of all scripts
  characters,
  none,  ///< white space only
};

/// sacrebleu's names: 13a, intl, char, none.
[[nodiscard]] std::optional<BleuTokenizer> bleu_tokenizer(std::string_view name);
/// Trailing white space is dropped first.
[[nodiscard]] std::vector<std::string> bleu_tokens(std::string_view text, BleuTokenizer tokenizer);

}  // namespace assay::eval
