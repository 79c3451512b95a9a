// Character classes as the tokenizers library's regex engines and Rust's char methods define them.
#pragma once

#include <string>
#include <string_view>

namespace assay::text {

/// \p{L}
[[nodiscard]] bool is_letter(char32_t code);
/// \p{N}, also Rust's char::is_numeric
[[nodiscard]] bool is_number(char32_t code);
/// White_Space: \s, also Rust's char::is_whitespace
[[nodiscard]] bool is_space(char32_t code);
/// The four kinds that pre-tokenizer patterns tell apart: \p{L}, \p{N}, \s, and the rest.
enum class CharacterKind : unsigned char { other, letter, number, space };
/// Below this, kinds are looked up.
inline constexpr char32_t listed_kinds = 0x20000;
/// The kinds of the characters below listed_kinds, made at the first call.
[[nodiscard]] const CharacterKind* character_kinds();
[[nodiscard]] CharacterKind find_kind(char32_t code);
[[nodiscard]] inline CharacterKind kind_of(char32_t code) {
  static const CharacterKind* const kinds = character_kinds();
  return code < listed_kinds ? kinds[code] : find_kind(code);
}
/// A combining mark by Unicode 9.0, which is what the reference's StripAccents removes.
[[nodiscard]] bool is_mark(char32_t code);
/// ASCII punctuation, or \p{P} by Unicode 8.0, which is the reference's Punctuation step
[[nodiscard]] bool is_punctuation(char32_t code);
/// \w of Rust's regex crate: Alphabetic, marks, decimal numbers, connectors, joiners.
[[nodiscard]] bool is_word(char32_t code);
/// Rust's char::to_lowercase of every character.
[[nodiscard]] std::string to_lower(std::string_view text);

enum class NormalForm { nfc, nfd, nfkc, nfkd };
/// Normalisation form of valid UTF-8 by the tables of Unicode 9.0, which are the reference's.
[[nodiscard]] std::string normalize(std::string_view text, NormalForm form);

}  // namespace assay::text
