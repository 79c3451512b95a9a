// The pieces of a prompt that a task file writes as a field's name, a template, a built-in function or a
// constant, and their values for one document.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assay/text/jinja.hpp"
#include "assay/util/json.hpp"

namespace assay::eval {

/// Largest text that may be made of one document.
inline constexpr std::size_t max_rendered_bytes = std::size_t{64} << 20;
/// Throws InputError unless `bytes` is within it.
void check_rendered_size(std::size_t bytes);

/// Names of a split's fields. They alone decide, for all its documents, whether a prompt key is a field's
/// name.
using Fields = std::set<std::string, std::less<>>;

/// A template that is rendered with the fields of a document.
class TextTemplate {
 public:
  /// `where` begins every message. Throws InputError for text that is no template.
  TextTemplate(const std::string& text, const std::string& where);
  /// Throws InputError when it cannot be rendered, or makes too much.
  [[nodiscard]] std::string render(const util::OrderedJson& document) const;

 private:
  text::JinjaTemplate template_;
};

/// doc_to_text, doc_to_target or doc_to_choice.
class PromptPart {
 public:
  /// `has_choices`: the task has doc_to_choice, so digits are an index.
  PromptPart(const util::OrderedJson& written, bool has_choices, const Fields& fields,
             const std::string& where);
  ~PromptPart();
  PromptPart(PromptPart&&) noexcept;
  /// Text, or the index of a context among the choices. Throws InputError for anything else.
  [[nodiscard]] util::OrderedJson text(const util::OrderedJson& document) const;
  /// Index, text or list, typed as lm-eval types targets.
  [[nodiscard]] util::OrderedJson target(const util::OrderedJson& document) const;
  [[nodiscard]] std::vector<std::string> choices(const util::OrderedJson& document) const;

 private:
  /// What is written for this document, a template as text.
  [[nodiscard]] util::OrderedJson value(const util::OrderedJson& document) const;

  util::OrderedJson written_;
  bool has_choices_;
  bool is_field_ = false;
  util::OrderedJson (*function_)(const util::OrderedJson&) = nullptr;
  std::optional<TextTemplate> template_;
};

/// description or gen_prefix: the text of a field of this very document, else a template. Nothing if empty.
class OptionalText {
 public:
  OptionalText(const std::string& written, const std::string& where);
  [[nodiscard]] std::string text(const util::OrderedJson& document) const;

 private:
  std::string written_;
  std::optional<TextTemplate> template_;
};

}  // namespace assay::eval
