// JSON text exactly as Python's json.dumps writes it. lm-evaluation-harness hashes
// documents by that text, and its users' scripts may compare lines.
#pragma once

#include <string>

#include "assay/util/json.hpp"

namespace assay::results {

/// json.dumps(value, ensure_ascii=False, indent=indent); indent < 0: one line with ", " and ": ". Numbers
/// that are not finite become NaN, Infinity and -Infinity, as in Python.
[[nodiscard]] std::string python_json(const util::OrderedJson& value, int indent = -1);

}  // namespace assay::results
