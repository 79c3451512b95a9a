// Character classes that IFEval's checks need beside those of text/python: case properties of Python's str
// and the word characters of Unicode's regular expressions.
#pragma once

#include <string_view>

namespace assay::eval {

/// Derived properties Uppercase and Lowercase: str.isupper() and str.islower() of one character.
[[nodiscard]] bool is_upper(char32_t code);
[[nodiscard]] bool is_lower(char32_t code);
/// text.isupper(): there is an upper-case character, and none of lower or title case. Valid UTF-8.
[[nodiscard]] bool is_upper_text(std::string_view text);
/// text.islower(), likewise.
[[nodiscard]] bool is_lower_text(std::string_view text);

/// \w by Unicode Technical Standard 18, annex C: alphabetic characters, marks, decimal digits, connectors and
/// joiners. This is what nltk's tokenizers mean since nltk 3.10; Python's `re` also counts fractions and
/// superscripts, and no marks.
[[nodiscard]] bool is_word(char32_t code);
/// \d: a decimal digit of any script.
[[nodiscard]] bool is_decimal(char32_t code);
/// White_Space, \s of UTS 18: str.isspace() without U+001C to U+001F.
[[nodiscard]] bool is_white_space(char32_t code);

}  // namespace assay::eval
