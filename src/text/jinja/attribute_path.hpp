// "a.b.0": how filters name what is inside a value.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "text/jinja/interpreter.hpp"
#include "text/jinja/value.hpp"

namespace assay::text::jinja {

/// The value that a path leads to: parts between dots, all-digit ones as indices; an integer is one part.
[[nodiscard]] Value attribute_path(Interpreter& interpreter, const Value& value, const Value& path);
/// "a,b" as several paths.
[[nodiscard]] std::vector<std::optional<Value>> split_attributes(std::string_view paths);

}  // namespace assay::text::jinja
