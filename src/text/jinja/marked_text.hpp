// Text in which every byte may carry a mark: "came from outside the template". Rendering keeps the marks, so
// that a tokenizer can refuse to read special tokens out of what a user wrote.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace assay::text::jinja {

class MarkedText {
 public:
  MarkedText() = default;
  /// Unmarked: the template's own words.
  explicit MarkedText(std::string bytes) : bytes_(std::move(bytes)) {}
  MarkedText(std::string bytes, bool marked) : bytes_(std::move(bytes)) {
    if (marked) marks_.assign(bytes_.size(), '\1');
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  /// Whether byte `at` is marked.
  [[nodiscard]] bool marked(std::size_t at) const { return !marks_.empty() && marks_[at] != 0; }
  [[nodiscard]] bool any_marked() const { return marks_.find('\1') != std::string::npos; }

  /// Whether `safe` or `escape` declared the text to be HTML: adding other text to it escapes that. Only what
  /// is added with + remembers it.
  [[nodiscard]] bool markup() const { return markup_; }
  void set_markup() { markup_ = true; }

  void append(const MarkedText& other) { append(other, 0, other.size()); }
  void append(const MarkedText& other, std::size_t begin, std::size_t count);
  void append(std::string_view bytes, bool marked = false);
  [[nodiscard]] MarkedText substr(std::size_t begin, std::size_t count = std::string::npos) const;
  /// Other bytes in the place of these: marked if any of these was (a change of case may change lengths).
  [[nodiscard]] MarkedText replaced_by(std::string bytes) const { return {std::move(bytes), any_marked()}; }

 private:
  std::string bytes_;
  std::string marks_;  // empty, or one byte (0 or 1) for each of bytes_
  bool markup_ = false;
};

}  // namespace assay::text::jinja
