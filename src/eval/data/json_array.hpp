// The elements of a JSON array, cut apart without being parsed: each is then read as a document of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay::eval {

class JsonArrayElements {
 public:
  /// `text` must outlive this; `source` names it in errors; `max_bytes` is the longest element accepted.
  JsonArrayElements(std::string_view text, std::string source, std::size_t max_bytes);
  /// The next element with the white space around it; false at the end. Only what separates elements is
  /// checked here. Throws InputError "<source>:<line>: ...".
  [[nodiscard]] bool next(std::string_view& element);
  /// Where the last element begins, from 1.
  [[nodiscard]] std::int64_t line() const { return line_; }

 private:
  void skip_space();
  [[nodiscard]] std::size_t element_end() const;

  std::string_view text_;
  std::string source_;
  std::size_t max_bytes_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;       ///< of the last element
  std::int64_t next_line_ = 1;  ///< of at_
  bool first_ = true;
};

}  // namespace assay::eval
