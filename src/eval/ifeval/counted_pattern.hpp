// A Python regular expression whose matches are counted, not collected.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "assay/text/pcre.hpp"

namespace assay::eval {

enum class Letters { as_written, any_case };

/// `pattern` in Python's syntax (eval/python_regex.hpp), searched under a budget; `letters` is re.IGNORECASE.
class CountedPattern {
 public:
  /// `where` begins messages. Throws InputError if Python's re would refuse the pattern.
  CountedPattern(const std::string& pattern, Letters letters, std::string_view where);

  /// len(re.findall(...)), or `limit` if there are more. `text` is valid UTF-8. Throws InputError when the
  /// budget is used up.
  [[nodiscard]] std::size_t count(std::string_view text, std::size_t limit) const;
  [[nodiscard]] bool is_in(std::string_view text) const { return count(text, 1) > 0; }
  [[nodiscard]] std::size_t groups() const { return pcre_.groups(); }

 private:
  text::Pcre pcre_;
};

}  // namespace assay::eval
