// Builds the syntax tree of a template (grammar: Jinja's template designer documentation).
#pragma once

#include "text/jinja/lexer.hpp"
#include "text/jinja/syntax.hpp"

namespace assay::text::jinja {

/// What names of filters and tests there are: Jinja refuses others before rendering, save within
/// conditionals.
struct KnownNames {
  bool (*is_filter)(std::string_view name);
  bool (*is_test)(std::string_view name);
  bool chat_statements = false;  ///< break, continue and generation are statements
};

/// Throws SyntaxError.
[[nodiscard]] Block parse(const LexedTemplate& lexed, const KnownNames& known);

}  // namespace assay::text::jinja
