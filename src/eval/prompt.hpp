// From documents to text: context, target and choices of one document, and few-shot contexts.
#pragma once

#include <string>
#include <vector>

#include "assay/eval/task.hpp"
#include "eval/template.hpp"

namespace assay::eval {

/// doc_to_text, doc_to_target or doc_to_choice: a field name, a template, a built-in function, or a constant.
class PromptPart {
 public:
  /// `has_choices`: the task has doc_to_choice, so a target of digits is an index.
  PromptPart(const util::OrderedJson& written, bool has_choices, const std::string& where);
  [[nodiscard]] std::string text(const util::OrderedJson& document) const;
  /// Index, text or list, typed as lm-eval types targets.
  [[nodiscard]] util::OrderedJson target(const util::OrderedJson& document) const;
  [[nodiscard]] std::vector<std::string> choices(const util::OrderedJson& document) const;

 private:
  [[nodiscard]] const util::OrderedJson* field(const util::OrderedJson& document) const;

  util::OrderedJson written_;
  bool has_choices_;
  std::string (*function_)(const util::OrderedJson&) = nullptr;
  std::optional<Template> template_;
};

/// Question, delimiter, answer, delimiter: one shot as text. Throws InputError if the answer is not text.
struct ShotFormat {
  PromptPart text;
  PromptPart target;
  std::optional<PromptPart> choices;
  std::string target_delimiter;
  std::string fewshot_delimiter;

  explicit ShotFormat(const TaskConfig& task);
  [[nodiscard]] std::string render(const util::OrderedJson& document) const;
};

}  // namespace assay::eval
