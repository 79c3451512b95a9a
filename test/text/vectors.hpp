// Reads what scripts/reference/tokenizer_vectors.py writes, and compares a tokenizer with it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "assay/text/tokenizer.hpp"

namespace assay::test {

/// The strings of strings.jsonl.gz, as raw bytes.
[[nodiscard]] std::vector<std::string> read_strings(const std::filesystem::path& file);

/// The named sets of characters of classes.jsonl.gz.
[[nodiscard]] std::map<std::string, std::unordered_set<char32_t>> read_classes(
    const std::filesystem::path& file);

struct Comparison {
  std::size_t compared = 0;
  std::size_t wrong = 0;
  std::string first_wrong;  ///< what differs first, for the message
};

/// Loads the tokenizer of `folder` and compares ids with and without special tokens, decoded text, and
/// streamed text with vectors.jsonl.gz there, whose lines belong to `strings`.
[[nodiscard]] Comparison compare_with_vectors(const std::filesystem::path& folder,
                                              const std::vector<std::string>& strings);

/// The same with digests.jsonl.gz there (scripts/reference/tokenizer_digests.py), whose entries belong to
/// `strings`.
[[nodiscard]] Comparison compare_with_digests(const std::filesystem::path& folder,
                                              const std::vector<std::string>& strings);

}  // namespace assay::test
