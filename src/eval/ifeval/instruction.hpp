// The kinds of instruction that IFEval knows. To add one: its check in the file of its group.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "eval/ifeval/arguments.hpp"

namespace assay::eval {

/// Whether a response follows one instruction. The response is valid UTF-8 and more than white space.
using Check = std::function<bool(std::string_view response)>;

struct InstructionKind {
  /// "group:name", as documents write it.
  std::string_view id;
  /// Throws InputError if the arguments are not this kind's.
  Check (*make)(const Arguments& arguments);
};

/// `keywords:`: words and letters that a response has or lacks.
[[nodiscard]] std::span<const InstructionKind> keyword_instructions();
/// `length_constraints:`: how many words, sentences and paragraphs it has.
[[nodiscard]] std::span<const InstructionKind> length_instructions();
/// `detectable_content:`, `detectable_format:`, `combination:`: placeholders, lists, titles, JSON and so on.
[[nodiscard]] std::span<const InstructionKind> format_instructions();
/// `language:`, `change_case:`, `punctuation:`, `startend:`: its letters, and how it begins and ends.
[[nodiscard]] std::span<const InstructionKind> letter_instructions();

/// What "less than 3" and "at least 3" ask of a count. A count need not go beyond `enough`.
struct Threshold {
  Relation relation;
  double number;

  [[nodiscard]] bool holds(std::size_t count) const;
  /// Any count of at least this decides as this one does.
  [[nodiscard]] std::size_t enough() const;
};

}  // namespace assay::eval
