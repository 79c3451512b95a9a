// Python's int(text), as far as answers need it: whether it raises, and whether the text is how Python itself
// would write the number.
#pragma once

#include <string_view>

namespace assay::eval::math {

enum class PythonInteger {
  canonical,  ///< int(text) works and str(int(text)) == text
  other,      ///< int(text) works, and str() of it differs ("+1", "007", "1_000", digits of other scripts)
  error       ///< int(text) raises ValueError (also for more than 4300 digits, CPython's limit)
};

[[nodiscard]] PythonInteger python_integer(std::string_view text);

/// Whether a code point is a decimal digit of any script (str.isdecimal, what \d matches).
[[nodiscard]] bool is_decimal_digit(char32_t code);

}  // namespace assay::eval::math
