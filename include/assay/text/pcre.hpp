// Regular expressions in PCRE2's own syntax, over UTF-8 with Unicode properties, matched under a budget of
// steps, so that neither a hostile pattern nor a hostile text runs away. What other dialects mean is the
// caller's to translate.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "assay/text/byte_range.hpp"

namespace assay::text {

/// A compiled pattern. Immutable; may be used by many threads at once.
class Pcre {
 public:
  /// Where ^ and $ hold: at the ends of the text, or of each line.
  enum class Anchors { text, lines };
  /// `name` begins every message: "tokenizer.json: the pattern \"x\"". Throws InputError if the pattern
  /// cannot be compiled.
  Pcre(std::string_view syntax, Anchors anchors, std::string name);
  ~Pcre();
  Pcre(Pcre&&) noexcept;
  Pcre& operator=(Pcre&&) noexcept;
  /// Number of capturing groups.
  [[nodiscard]] std::size_t groups() const;

  /// One pass over one text. Not for several threads.
  class Search {
   public:
    /// `text`: valid UTF-8. Pattern and text must outlive the search.
    Search(const Pcre& pattern, std::string_view text);
    ~Search();
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;

    /// Goes on with another text, on what is left of the budget and a share for this text.
    void restart(std::string_view text);

    enum class AtStart { any, not_empty };
    /// Finds the first match at or behind the byte `from`; with not_empty, one at `from` itself must not be
    /// empty. Throws InputError when the budget, proportional to the text, is used up.
    [[nodiscard]] bool next(std::size_t from, AtStart at_start = AtStart::any);
    /// What the last match matched.
    [[nodiscard]] ByteRange match() const;
    /// What group 1, 2, ... of the last match matched; none if it took no part.
    [[nodiscard]] std::optional<ByteRange> group(std::size_t index) const;

   private:
    struct State;
    std::unique_ptr<State> state_;
  };

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::text
