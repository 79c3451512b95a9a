// GPT-2's reversible mapping of bytes to printable characters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::text {

/// Every byte as its character.
[[nodiscard]] std::string to_byte_level(std::string_view bytes);

/// The same, appended.
void append_byte_level(std::string_view bytes, std::string& out);

/// The byte a character stands for, if any.
[[nodiscard]] std::optional<char> byte_of(char32_t code);

}  // namespace assay::text
