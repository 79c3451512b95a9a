// Small text operations of Python that several built-in functions need: all by whole characters, on UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::eval {

/// text[:count] for a count of Python's kind: negative ones are taken from the end.
[[nodiscard]] std::string_view first_characters(std::string_view text, std::int64_t count);
/// text[count:]
[[nodiscard]] std::string_view without_first(std::string_view text, std::int64_t count);
/// separator.join(texts)
[[nodiscard]] std::string join(const std::vector<std::string>& texts, std::string_view separator);
/// text.strip(set), text.lstrip(set), text.rstrip(set) for a set of ASCII characters.
[[nodiscard]] std::string_view strip_of(std::string_view text, std::string_view set);
[[nodiscard]] std::string_view lstrip_of(std::string_view text, std::string_view set);
[[nodiscard]] std::string_view rstrip_of(std::string_view text, std::string_view set);
/// text.split(separator)[0] and [-1]; the latter for a separator that cannot overlap itself.
[[nodiscard]] std::string_view before_first(std::string_view text, std::string_view separator);
[[nodiscard]] std::string_view after_last(std::string_view text, std::string_view separator);
/// text[0].lower() + text[1:]. Throws InputError for an empty text.
[[nodiscard]] std::string with_lower_first(std::string_view text);

}  // namespace assay::eval
