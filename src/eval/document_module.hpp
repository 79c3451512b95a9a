// Built-in document functions: what lm-evaluation-harness keeps in Python files beside a task. A YAML names
// one as `!function module.name`. One file a module in src/eval/documents; see src/eval/README.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assay/util/json.hpp"

namespace assay::eval {

/// Changes the fields of one document in place (process_docs).
struct NamedProcess {
  std::string_view name;
  void (*function)(util::OrderedJson& document);
};

/// Makes text of a document (doc_to_text, doc_to_target).
struct NamedText {
  std::string_view name;
  std::string (*function)(const util::OrderedJson& document);
};

/// Replaces the scoring of a rolling task: gives the text whose words and bytes are counted
/// (process_results).
struct NamedUnits {
  std::string_view name;
  std::string (*function)(const util::OrderedJson& document);
};

/// Functions throw InputError for a missing field or a wrong type; the caller adds which document.
struct DocumentModule {
  std::string_view name;  ///< as in `!function name.function`
  std::string_view
      dataset;  ///< dataset_path for which `!function utils.function` means this module, or empty
  std::span<const NamedProcess> processes;
  std::span<const NamedText> texts;
  std::span<const NamedUnits> units;
};

/// Every module, from the files in src/eval/documents (generated).
[[nodiscard]] std::span<const DocumentModule* const> all_document_modules();

/// The "module.function" of the registry that `written` ("utils.process_docs") means for this dataset, or "".
[[nodiscard]] std::string resolve_function(std::string_view written, std::string_view dataset_path);
/// Look-up by the resolved name; nullptr if that module has no such function of this kind.
[[nodiscard]] const NamedProcess* find_process(std::string_view resolved);
[[nodiscard]] const NamedText* find_text(std::string_view resolved);
[[nodiscard]] const NamedUnits* find_units(std::string_view resolved);

/// The text of a field. Throws InputError if it is missing or not text.
[[nodiscard]] const std::string& text_field(const util::OrderedJson& document, std::string_view name);

}  // namespace assay::eval
