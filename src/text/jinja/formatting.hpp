// Python's percent formatting and JSON output.
#pragma once

#include <optional>
#include <string>

#include "text/jinja/marked_text.hpp"
#include "text/jinja/value.hpp"

namespace assay::text::jinja {

/// format % argument: %s, %r, %d, %i, %f, %e, %g, %x, %o, %c and %%, with flags, width and precision;
/// argument is a tuple, a dictionary for %(name)s, or one value. Throws EvaluationError as Python would.
[[nodiscard]] MarkedText format_percent(const MarkedText& format, const Value& argument);

struct JsonStyle {
  std::optional<std::string> indent;  ///< of one level; nullopt: all on one line
  std::string item_separator = ", ";
  std::string key_separator = ": ";
  bool ensure_ascii = false;
  bool sort_keys = false;
};
/// json.dumps(value). Throws EvaluationError for what JSON has not.
[[nodiscard]] MarkedText to_json(const Value& value, const JsonStyle& style);

}  // namespace assay::text::jinja
