// What tokenizer_config.json, special_tokens_map.json and added_tokens.json say beside the tokenizer itself:
// the settings that transformers' Python classes apply on top of it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "text/added_tokens.hpp"

namespace assay::text {

struct TokenizerConfig {
  std::string source;                         ///< the file to name in errors
  std::string tokenizer_class;                ///< without the suffix "Fast"; may be empty
  std::optional<bool> add_bos;                ///< add_bos_token
  std::optional<bool> add_eos;                ///< add_eos_token
  std::optional<bool> legacy;                 ///< of Llama's class
  std::optional<bool> add_prefix_space;       ///< of Llama's class
  bool build_post_processor = false;          ///< from add_bos and add_eos, whatever the class
  std::map<TokenId, AddedToken> added;        ///< added_tokens_decoder, or else added_tokens.json
  std::map<std::string, AddedToken> special;  ///< by role: "bos_token", "eos_token", ...
  std::vector<AddedToken> extra_special;      ///< additional_special_tokens, extra_special_tokens

  /// Text of a role's token, by the files or by the class's default.
  [[nodiscard]] std::optional<std::string> role(const std::string& name) const;
  /// transformers builds Llama's post-processor from the two flags, with BOS unless told otherwise.
  [[nodiscard]] bool llama_like() const;
};

/// Files that are absent count as empty. Contents that define the tokenizer are appended to `files` as
/// (name, bytes), for the fingerprint. Throws InputError.
[[nodiscard]] TokenizerConfig read_tokenizer_config(const std::filesystem::path& directory,
                                                    std::vector<std::pair<std::string, std::string>>& files);

}  // namespace assay::text
