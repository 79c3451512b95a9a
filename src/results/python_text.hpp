// Text exactly as Python writes it: str() and repr() of values, json.dumps, and UTF-8 repair. Hashes of
// documents and targets in lm-eval's files are taken over these.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "assay/util/json.hpp"

namespace assay::results {

[[nodiscard]] bool is_valid_utf8(std::string_view text);
/// `text` with every byte that is not part of well-formed UTF-8 (RFC 3629) replaced by U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);

/// repr() of a float: shortest digits that read back equal; "1e-05", "100000.0", "inf", "nan".
[[nodiscard]] std::string python_float(double value);
/// str() of the value that json.loads gives: text itself, "True", "None", "[1, 'a']".
[[nodiscard]] std::string python_str(const util::OrderedJson& value);

/// json.dumps(value, ensure_ascii=False, indent=indent); indent < 0: one line with ", " and ": ". Numbers
/// that are not finite become NaN, Infinity and -Infinity, as in Python.
[[nodiscard]] std::string python_json(const util::OrderedJson& value, int indent = -1);

}  // namespace assay::results
