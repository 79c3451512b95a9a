// Shared objects that the program loads only when it needs what they link.
#pragma once

#include <filesystem>
#include <optional>

namespace assay::util {

/// Where the module lies: what the environment variable `variable` names, else `file_name` beside the program
/// in
/// ../lib/assay, ../lib or lib. nullopt: it was not built.
[[nodiscard]] std::optional<std::filesystem::path> find_module(const char* file_name, const char* variable);

}  // namespace assay::util
