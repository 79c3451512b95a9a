// A results file as text for people.
#pragma once

#include <filesystem>
#include <string>

namespace assay::results {

/// What was run, the table of metrics with standard errors, tokens per second, and time by phase. Throws
/// InputError if the file cannot be read.
[[nodiscard]] std::string show(const std::filesystem::path& file);

}  // namespace assay::results
