// Compiled regular expressions of task files, kept for the thread's next samples.
#pragma once

#include <string>

#include "eval/python_regex.hpp"

namespace assay::eval {

/// Valid until the next call on this thread.
[[nodiscard]] const PythonRegex& cached_regex(const std::string& pattern);

}  // namespace assay::eval
