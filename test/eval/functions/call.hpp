// Calls built-in functions by kind and name, as recorded cases write them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "assay/util/json.hpp"

namespace assay::eval::test {

/// The recorded cases of every module (scripts/reference/task_functions.py), by file name.
[[nodiscard]] std::vector<std::filesystem::path> recorded_modules();
[[nodiscard]] util::OrderedJson read_recorded(const std::filesystem::path& file);

/// The documents that process_docs makes of some.
[[nodiscard]] std::vector<util::OrderedJson> processed(const std::string& function,
                                                       const std::vector<util::OrderedJson>& documents);
/// What the function `call["function"]` ("module.function") of the kind `call["kind"]` gives for the rest of
/// `call`. Fails the test if there is no such function.
[[nodiscard]] util::OrderedJson result_of(const util::OrderedJson& call);

/// With the members of objects in alphabetical order where the function's result has no order of its own.
[[nodiscard]] std::string written(const util::OrderedJson& value, const std::string& kind);

}  // namespace assay::eval::test
