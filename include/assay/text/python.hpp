// Python's str methods and repr() on UTF-8: prompts, scores and templates follow Python programs, whose text
// rules are Python's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::text::python {

/// str.isspace() of one code point.
[[nodiscard]] bool is_space(std::int32_t code_point);
/// str.isalpha() of one code point.
[[nodiscard]] bool is_letter(std::int32_t code_point);
/// Code points; what is not UTF-8 becomes U+FFFD, as with errors="replace".
[[nodiscard]] std::vector<std::int32_t> code_points(std::string_view text);
[[nodiscard]] std::string to_utf8(const std::vector<std::int32_t>& points);
/// len(text)
[[nodiscard]] std::size_t length(std::string_view text);

/// Views into the argument.
[[nodiscard]] std::string_view lstrip(std::string_view text);
[[nodiscard]] std::string_view rstrip(std::string_view text);
[[nodiscard]] std::string_view strip(std::string_view text);
/// text.split(separator), or text.split() where the separator is empty.
[[nodiscard]] std::vector<std::string> split(std::string_view text, std::string_view separator);
/// text.replace(from, to); `from` is not empty.
[[nodiscard]] std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
/// text.count(part); `part` is not empty.
[[nodiscard]] std::size_t count(std::string_view text, std::string_view part);
/// len(re.split(r"\s+", text)): what word perplexity divides by.
[[nodiscard]] std::int64_t count_words(std::string_view text);
/// text.isdigit() for ASCII digits.
[[nodiscard]] bool is_digits(std::string_view text);

/// Full case mappings (SpecialCasing.txt's unconditional ones and the final sigma).
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string upper(std::string_view text);
/// text.casefold()
[[nodiscard]] std::string casefold(std::string_view text);
/// First character in title case, the rest lower.
[[nodiscard]] std::string capitalize(std::string_view text);
/// A cased character in title case where none stands before it, else lower.
[[nodiscard]] std::string title(std::string_view text);

/// repr(text): in Python's choice of quotes, what is not printable escaped.
[[nodiscard]] std::string repr(std::string_view text);
/// repr(value): shortest digits that read back, exponent from 1e16 and below 1e-4; "inf", "nan".
[[nodiscard]] std::string repr(double value);

/// The beginning of a text that a message quotes and that may be of any length.
[[nodiscard]] std::string shortened(std::string text);

}  // namespace assay::text::python
