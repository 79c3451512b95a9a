// Reads what scripts/reference/tokenizer_vectors.py writes, and compares a tokenizer with it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "assay/text/tokenizer.hpp"

namespace assay::test {

/// The strings of strings.jsonl.gz, as raw bytes.
[[nodiscard]] std::vector<std::string> read_strings(const std::filesystem::path& file);

struct Comparison {
  std::size_t compared = 0;
  std::size_t wrong = 0;
  std::string first_wrong;  ///< what differs first, for the message
};

/// Loads the tokenizer of `folder` and compares ids with and without special tokens, decoded text, and
/// streamed text with vectors.jsonl.gz there, whose lines belong to `strings`.
[[nodiscard]] Comparison compare_with_vectors(const std::filesystem::path& folder,
                                              const std::vector<std::string>& strings);

}  // namespace assay::test
