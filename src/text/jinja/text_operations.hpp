// Python's operations on text, with marks kept byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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
/// Lines as str.splitlines() ends them: also at form feeds, U+0085, U+2028 and the like.
[[nodiscard]] std::vector<MarkedText> split_lines(const MarkedText& text, bool keep_ends);
/// text.replace(from, to, most). `charge` is told of the bytes before each is added.
[[nodiscard]] MarkedText replace(const MarkedText& text, std::string_view from, const MarkedText& to,
                                 std::int64_t most, const std::function<void(std::size_t)>& charge);
/// With & < > ' " as HTML writes them; markup is left alone.
[[nodiscard]] MarkedText escape_html(const MarkedText& text);
/// `count` fill characters more; on both sides as str.center() shares them out.
[[nodiscard]] MarkedText justify(const MarkedText& text, Side side, std::size_t count, std::string_view fill);

}  // namespace assay::text::jinja
