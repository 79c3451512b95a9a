// Regular expressions written for Oniguruma's Ruby syntax (what tokenizer.json holds).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/text/pcre.hpp"

namespace assay::text {

/// Rewrites what PCRE2 reads differently (\s, \w, \h, \b, \uHHHH, \p{Script}, nested classes). Throws
/// InputError, beginning with `source`, for syntax that cannot be carried over exactly.
[[nodiscard]] std::string to_pcre2(std::string_view pattern, std::string_view source);

/// A compiled pattern. Immutable; may be used by many threads at once.
class Regex {
 public:
  /// Throws InputError, beginning with `source`, if the pattern cannot be compiled.
  Regex(std::string_view pattern, std::string_view source);
  /// All successive matches in valid UTF-8, empty ones included (never two at one place). Throws InputError
  /// when the budget, proportional to the text, is used up.
  [[nodiscard]] std::vector<ByteRange> find_all(std::string_view text) const;
  /// The same for one of many texts: `search` is made at the first, `found` is replaced.
  void find_all(std::string_view text, std::optional<Pcre::Search>& search,
                std::vector<ByteRange>& found) const;

 private:
  Pcre pcre_;
};

}  // namespace assay::text
