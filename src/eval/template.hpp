// Prompt templates: text with {{ expressions }}, the part of Jinja that simple tasks use. Values of fields,
// attribute and item access (also nested: {{choices.text[0]}}), slices, + and ~, string and number literals,
// the methods split, strip, lstrip, rstrip, lower, upper, capitalize, replace, index, and the filters join,
// trim, lower, upper, capitalize, length, list, string, first, last. Statements ({% %}) are refused.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "assay/util/json.hpp"

namespace assay::eval {

/// Largest text a template may make of one document, and largest value (with what its elements take) on the
/// way there.
inline constexpr std::size_t max_rendered_bytes = std::size_t{64} << 20;
/// Throws InputError unless `bytes` is within it.
void check_rendered_size(std::size_t bytes);

class Template {
 public:
  /// Throws InputError "<where>: ..." for syntax that is not supported.
  Template(std::string_view text, std::string_view where);
  Template(Template&&) noexcept;
  Template& operator=(Template&&) noexcept;
  ~Template();

  /// The text for one document. Throws InputError naming a field that is missing (as StrictUndefined does) or
  /// a value of the wrong type or too large; the caller adds which document.
  [[nodiscard]] std::string render(const util::OrderedJson& document) const;
  /// True if the whole template is one expression, whose value value() gives without turning it into text.
  [[nodiscard]] bool is_expression() const;
  [[nodiscard]] util::OrderedJson value(const util::OrderedJson& document) const;

  struct Expression;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::eval
