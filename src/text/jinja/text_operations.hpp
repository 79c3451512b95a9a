// Python's operations on text, with marks kept byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/jinja/marked_text.hpp"

namespace assay::text::jinja {

enum class Side { left, right, both };

/// Without white space, or any of the characters in `characters`, at the sides.
[[nodiscard]] MarkedText strip(const MarkedText& text, Side side,
                               const std::optional<std::string>& characters);
/// text.split(separator, most); nullopt is white space; most < 0 is all.
[[nodiscard]] std::vector<MarkedText> split(const MarkedText& text,
                                            const std::optional<std::string>& separator, std::int64_t most,
                                            bool from_right);
/// text[begin:end:stride] for bounds that are clipped to the text's length in code points already.
[[nodiscard]] MarkedText slice_text(const MarkedText& text, std::int64_t begin, std::int64_t end,
                                    std::int64_t stride);
/// Where `word` begins first and last; npos if nowhere. In time linear in both, unlike std::string's.
[[nodiscard]] std::size_t find_first(std::string_view text, std::string_view word, std::size_t from = 0);
[[nodiscard]] std::size_t find_last(std::string_view text, std::string_view word);
/// Lines as str.splitlines() ends them: also at form feeds, U+0085, U+2028 and the like.
[[nodiscard]] std::vector<MarkedText> split_lines(const MarkedText& text, bool keep_ends);
/// text.replace(from, to, most).
[[nodiscard]] MarkedText replace(const MarkedText& text, std::string_view from, const MarkedText& to,
                                 std::int64_t most);
/// With & < > ' " as HTML writes them; markup is left alone.
[[nodiscard]] MarkedText escape_html(const MarkedText& text);
/// `count` fill characters more; on both sides as str.center() shares them out.
[[nodiscard]] MarkedText justify(const MarkedText& text, Side side, std::size_t count, std::string_view fill);

}  // namespace assay::text::jinja
