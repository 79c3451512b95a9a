// Which texts Python's json.loads reads.
#pragma once

#include <string_view>

namespace assay::eval {

/// Whether json.loads(text) returns: JSON, and beyond it NaN, Infinity, -Infinity, repeated keys and lone
/// surrogate escapes; a whole number of more than 4300 digits is refused, as CPython 3.11 does. Nesting of
/// any depth is accepted (CPython ends at about a thousand levels with an error that lm-eval does not catch).
/// `text` is valid UTF-8; time is linear in it, memory one bit a level.
[[nodiscard]] bool python_reads_json(std::string_view text);

}  // namespace assay::eval
