// JSON text exactly as Python's json.dumps writes it, and UTF-8 repair. lm-evaluation-harness hashes
// documents by that text, and its users' scripts may compare lines.
#pragma once

#include <string>
#include <string_view>

#include "assay/util/json.hpp"

namespace assay::results {

[[nodiscard]] bool is_valid_utf8(std::string_view text);
/// `text` with every byte that is not part of well-formed UTF-8 (RFC 3629) replaced by U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);

/// json.dumps(value, ensure_ascii=False, indent=indent); indent < 0: one line with ", " and ": ". Numbers
/// that are not finite become NaN, Infinity and -Infinity, as in Python.
[[nodiscard]] std::string python_json(const util::OrderedJson& value, int indent = -1);

}  // namespace assay::results
