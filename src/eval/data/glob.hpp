// Shell patterns over paths as Python's fsspec matches them, in time bounded by the product of both lengths.
#pragma once

#include <string_view>

namespace assay::eval {

/// True if `path` (parts separated by "/") matches the whole `pattern`: `*`, `?` and `[...]` (`[!...]`)
/// within a part; a part `**` stands for any number of parts, at the end for at least one.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view path);

/// True if the text holds a character that glob_match does not take as itself.
[[nodiscard]] bool is_pattern(std::string_view text);

}  // namespace assay::eval
