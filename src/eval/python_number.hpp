// Numbers read from text as Python does.
#pragma once

#include <optional>
#include <string_view>

namespace assay::eval {

/// float(text): white space around it, digits of any script, "_" between digits, "inf", "nan"; none where
/// Python raises ValueError.
[[nodiscard]] std::optional<double> python_to_float(std::string_view text);

}  // namespace assay::eval
