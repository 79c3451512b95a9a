// Whole numbers written in English words, as lm-evaluation-harness finds them in text and the word2number
// package reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "eval/python_regex.hpp"

namespace assay::eval {

/// Finds "two hundred and five" in lower-case text; group 1 is the whole.
[[nodiscard]] const PythonRegex& english_number_pattern();
/// word_to_num(text) for what that pattern finds; none where the package raises ValueError or IndexError.
[[nodiscard]] std::optional<std::int64_t> words_to_number(std::string_view text);

}  // namespace assay::eval
