// Python's `re` on top of PCRE2: filters and metrics take their patterns from task files written for Python.
// The pattern is translated where the two differ (\s, \Z, \v, {,n}, brackets in classes, escapes), refused
// where PCRE2 would accept what Python does not, and matched under limits, so that a pattern that backtracks
// without end is an error rather than a hang.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/text/pcre.hpp"

namespace assay::eval {

class PythonRegex {
 public:
  /// Groups of one match: [0] is the whole; a group that took no part is empty, as in findall.
  using Groups = std::vector<std::string>;

  /// Throws InputError if Python's re would refuse the pattern, or if it uses what is not supported.
  explicit PythonRegex(const std::string& pattern);

  /// Non-overlapping matches, left to right, with Python's rule for empty ones. Throws InputError when the
  /// match limit is reached.
  [[nodiscard]] std::vector<Groups> find_all(std::string_view text) const;
  /// re.sub with a callable; the groups are those of the match.
  [[nodiscard]] std::string substitute(std::string_view text,
                                       const std::function<std::string(const Groups&)>& replacement) const;
  /// Number of capturing groups.
  [[nodiscard]] int groups() const;

 private:
  text::Pcre pcre_;
};

/// The PCRE2 pattern that means what `pattern` means to Python. For tests; throws as the constructor does.
[[nodiscard]] std::string translate_python_pattern(std::string_view pattern);

}  // namespace assay::eval
