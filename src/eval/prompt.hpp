// From documents to text: context, target and choices of one document, and few-shot contexts.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assay/eval/task.hpp"
#include "eval/template.hpp"

namespace assay::eval {

/// Names of a split's fields. They alone decide, for all its documents, whether a prompt key is a field's
/// name.
using Fields = std::set<std::string, std::less<>>;

/// doc_to_text, doc_to_target or doc_to_choice: a field name, a template, a built-in function, or a constant.
class PromptPart {
 public:
  /// `has_choices`: the task has doc_to_choice, so a target of digits is an index.
  PromptPart(const util::OrderedJson& written, bool has_choices, const Fields& fields,
             const std::string& where);
  /// Throws InputError for a number where there are choices: lm-eval takes it as the index of a context.
  [[nodiscard]] std::string text(const util::OrderedJson& document) const;
  /// Index, text or list, typed as lm-eval types targets.
  [[nodiscard]] util::OrderedJson target(const util::OrderedJson& document) const;
  [[nodiscard]] std::vector<std::string> choices(const util::OrderedJson& document) const;

 private:
  /// The value of the field this names; throws InputError if `document` lacks it.
  [[nodiscard]] const util::OrderedJson& field(const util::OrderedJson& document) const;

  util::OrderedJson written_;
  bool has_choices_;
  bool is_field_ = false;
  util::OrderedJson (*function_)(const util::OrderedJson&) = nullptr;
  std::optional<Template> template_;
};

/// Question, delimiter, answer, delimiter: one shot as text. Throws InputError if the answer is not text.
struct ShotFormat {
  PromptPart text;
  PromptPart target;
  std::optional<PromptPart> choices;
  std::string target_delimiter;
  std::string fewshot_delimiter;

  ShotFormat(const TaskConfig& task, const Fields& fields);
  [[nodiscard]] std::string render(const util::OrderedJson& document) const;
};

}  // namespace assay::eval
