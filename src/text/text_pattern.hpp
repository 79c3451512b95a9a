// The "pattern" of tokenizer.json: {"String": ...} or {"Regex": ...}; and splitting a text by it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/json_node.hpp"
#include "text/regex.hpp"
#include "text/regex_scanners.hpp"

namespace assay::text {

class TextPattern {
 public:
  /// Throws InputError for an empty string, an unknown kind, or a pattern that cannot be run.
  explicit TextPattern(const JsonNode& node);
  /// The pattern, if it is one of those that are scanned by hand.
  [[nodiscard]] const std::optional<KnownPattern>& known() const { return known_; }
  /// The string, if it is one.
  [[nodiscard]] const std::string* literal() const { return known_ || regex_ ? nullptr : &literal_; }
  /// Successive matches in valid UTF-8.
  [[nodiscard]] std::vector<ByteRange> find_all(std::string_view text) const;
  /// The same for one of many texts: `search` is for this pattern's use, `found` is replaced.
  void find_all(std::string_view text, std::optional<Pcre::Search>& search,
                std::vector<ByteRange>& found) const;
  /// The text with every match replaced.
  [[nodiscard]] std::string replace_all(std::string_view text, std::string_view with) const;

 private:
  std::string literal_;
  std::optional<KnownPattern> known_;
  std::optional<Regex> regex_;
};

/// The text with every match replaced.
[[nodiscard]] std::string replace(std::string_view text, const std::vector<ByteRange>& matches,
                                  std::string_view with);

/// What becomes of a delimiter when a text is split.
enum class SplitBehavior { removed, isolated, merged_with_previous, merged_with_next, contiguous };

/// Reads "Removed", "Isolated", "MergedWithPrevious", "MergedWithNext" or "Contiguous".
[[nodiscard]] SplitBehavior read_split_behavior(const JsonNode& node);

/// The pieces of a text of `size` bytes whose delimiters are `matches` (or, inverted, everything else), in
/// order; empty pieces are left out.
[[nodiscard]] std::vector<ByteRange> split(const std::vector<ByteRange>& matches, std::size_t size,
                                           SplitBehavior behavior, bool invert);

}  // namespace assay::text
