// UTF-8: validation, replacement of invalid bytes, and stepping through valid text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::util {

/// U+FFFD in UTF-8.
inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// What starts at one byte position.
struct Utf8Scan {
  enum class Kind {
    valid,     ///< a whole character of `size` bytes
    invalid,   ///< a maximal subpart of `size` bytes that no further byte can complete
    truncated  ///< the text ends inside a character that further bytes may complete
  };
  Kind kind;
  std::size_t size;
};

/// Classifies the bytes at `at` (Unicode 15, section 3.9, table 3-7). `at` must be inside the text.
[[nodiscard]] Utf8Scan scan_utf8(std::string_view text, std::size_t at);

[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// The text with every maximal invalid subpart replaced by one U+FFFD, as Python's errors="replace" and
/// Rust's from_utf8_lossy do.
[[nodiscard]] std::string replace_invalid_utf8(std::string_view text);

/// A character and its length in bytes.
struct Character {
  char32_t code;
  std::size_t size;
};

/// The character at `at` of valid UTF-8; `at` must be a character boundary before the end.
[[nodiscard]] Character character_at(std::string_view text, std::size_t at);

/// The character that ends at `end` of valid UTF-8; `end` must be a character boundary after the start.
[[nodiscard]] Character character_before(std::string_view text, std::size_t end);

void append_character(std::string& out, char32_t code);

}  // namespace assay::util
