// Reads tokenizer.json in one pass. Its vocabulary and merges are hundreds of thousands of entries, so they
// go straight into lists; everything else becomes an ordinary JSON value.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/text/tokenizer.hpp"
#include "assay/util/json.hpp"
#include "text/json_node.hpp"

namespace assay::text {

/// Largest id accepted in any tokenizer file; bounds memory for hostile input.
inline constexpr TokenId max_token_id = (1 << 22) - 1;

/// "vocab" and "merges" of a BPE model, in file order.
struct BpeTables {
  bool has_vocabulary = false;
  bool has_merges = false;
  std::vector<std::pair<std::string, TokenId>> vocabulary;
  std::vector<std::pair<std::string, std::string>> merges;
  std::vector<std::uint32_t> merge_ranks;  ///< of the merges; empty: their order
};

struct TokenizerJson {
  util::Json rest;  ///< the file without model.vocab (if it is an object) and model.merges (if it is a list)
  BpeTables tables;
};

/// Throws InputError naming `source` and the key for malformed JSON, duplicate keys, excess depth, a
/// vocabulary entry that is no id, or a merge that is not two tokens ("a b" or ["a", "b"]).
[[nodiscard]] TokenizerJson read_tokenizer_json(std::string_view text, const std::string& source);

}  // namespace assay::text
