// Hand-written, linear-time equivalents of the pre-tokenizer patterns that most models use.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "assay/text/byte_range.hpp"

namespace assay::text {

enum class KnownPattern { gpt2, llama3, qwen2 };

/// The pattern of GPT-2's built-in byte-level split.
inline constexpr std::string_view gpt2_pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

/// Those of Llama 3 (digits in groups of three) and Qwen2 (digit by digit).
inline constexpr std::string_view llama3_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
inline constexpr std::string_view qwen2_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

/// Recognises a pattern by its exact text.
[[nodiscard]] std::optional<KnownPattern> known_pattern(std::string_view pattern);

/// Appends all matches; they cover the text without gaps. `offset` is added to their ends.
void scan(KnownPattern pattern, std::string_view text, std::size_t offset, std::vector<ByteRange>& found);

}  // namespace assay::text
