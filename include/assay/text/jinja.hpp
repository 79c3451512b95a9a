// Jinja templates: the language of chat templates and of task files, as Jinja2 3.1 on CPython renders it
// (https://jinja.palletsprojects.com/en/stable/templates/). Left out: include, extends, import, automatic
// escaping.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/text/byte_range.hpp"
#include "assay/util/json.hpp"

namespace assay::text {

struct JinjaLimits {
  std::size_t max_steps = 4'000'000;                    ///< expressions and statements met
  std::size_t max_values = 4'000'000;                   ///< lists, dictionaries and their items made
  std::size_t max_text_bytes = std::size_t{256} << 20;  ///< all texts made, the output included
  int max_depth = 400;  ///< blocks, macros, loops, expressions within one another
};

struct JinjaOptions {
  bool strict_undefined = false;       ///< any use of a missing name fails, even to print it
  bool trim_blocks = false;            ///< the first newline after a block tag goes
  bool lstrip_blocks = false;          ///< white space from the start of a line to a block tag goes
  bool keep_trailing_newline = false;  ///< else one newline at the end of the template goes
  bool sandboxed = false;              ///< no method that changes a list or a dictionary, no long range()
  bool html_safe_json = true;          ///< tojson escapes <, >, & and ' and sorts keys, as plain Jinja does
  bool chat_extensions = false;        ///< raise_exception, strftime_now, break, continue, generation exist
  std::int64_t now = 0;                ///< what strftime_now shows: seconds since 1970, in UTC
  /// Members of outside objects whose values the program itself writes ("role" of a message): not marked.
  std::vector<std::string> trusted_members = {};
  JinjaLimits limits = {};
};

/// How transformers renders chat templates (utils/chat_template_utils.py).
[[nodiscard]] JinjaOptions chat_template_options(std::int64_t now);
/// How lm-evaluation-harness renders task files (utils.py, apply_template).
[[nodiscard]] JinjaOptions task_template_options();

/// Output, and which bytes of it came from outside the template: ranges in order, disjoint, not empty. They
/// are what Tokenizer::encode takes as `plain`.
struct RenderedText {
  std::string text;
  std::vector<ByteRange> outside;
};

class JinjaTemplate {
 public:
  /// `name` stands in errors ("task.yaml: doc_to_text"). Throws InputError "<name>:<line>:<column>: ..." for
  /// text that is no template.
  JinjaTemplate(std::string_view source, std::string name, const JinjaOptions& options);
  JinjaTemplate(JinjaTemplate&&) noexcept;
  JinjaTemplate& operator=(JinjaTemplate&&) noexcept;
  ~JinjaTemplate();

  /// Renders with the members of two objects as variables: texts of `outside` are marked in the output, those
  /// of `trusted` (special tokens of the model, say) are not. May be called from several threads. Throws
  /// InputError
  /// "<name>:<line>:<column>: ..." when an operation fails, raise_exception is called, or a limit is met.
  [[nodiscard]] RenderedText render(const util::OrderedJson& outside, const util::OrderedJson& trusted) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace assay::text
