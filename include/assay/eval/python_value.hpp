// JSON values written and read as Python does: str(), repr() and ast.literal_eval. lm-evaluation-harness
// hashes str(target) and reads lists out of rendered templates.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "assay/util/json.hpp"

namespace assay::eval {

/// repr(value): 'text' with Python's quoting, True, None, [1, 2], {'a': 1}.
[[nodiscard]] std::string python_repr(const util::OrderedJson& value);
/// str(value): as repr, but text itself is bare.
[[nodiscard]] std::string python_str(const util::OrderedJson& value);
/// ast.literal_eval for None, booleans, numbers, strings, and (nested) lists and tuples of them; nullopt
/// where Python would raise, and for sets, dicts, bytes and complex numbers.
[[nodiscard]] std::optional<util::OrderedJson> python_literal(std::string_view text);

}  // namespace assay::eval
