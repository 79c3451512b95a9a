// IFEval: does a response follow the instructions of its prompt? 25 kinds of instruction that a program can
// check (Zhou et al. 2023, "Instruction-Following Evaluation for Large Language Models"), decided as
// lm-evaluation-harness 0.4.13 decides them.
#pragma once

#include <string_view>
#include <vector>

#include "assay/util/json.hpp"

namespace assay::eval {

/// One verdict for each instruction of a document, in its order.
struct IfevalOutcome {
  /// inst_level_strict_acc: the response as it is follows the instruction.
  std::vector<bool> strict;
  /// inst_level_loose_acc: the response, or what is left of it without its first line, its last line, its
  /// asterisks, or several of these, follows the instruction.
  std::vector<bool> loose;

  /// prompt_level_strict_acc and prompt_level_loose_acc: all instructions are followed; true of none.
  [[nodiscard]] bool all_strict() const;
  [[nodiscard]] bool all_loose() const;
};

/// Throws InputError, naming the document by its `key`, unless `instruction_id_list` and `kwargs` say what is
/// to be checked: known instructions, each with all its arguments and no others. As in lm-eval, an argument
/// that is null, 0, false or empty counts as absent; one that is absent lm-eval would draw at random, which
/// is refused here.
void check_ifeval_document(const util::OrderedJson& document);

/// Verdicts on one response, in UTF-8. Throws as check_ifeval_document does, and InputError where a regular
/// expression among the arguments backtracks without end.
[[nodiscard]] IfevalOutcome check_instructions(const util::OrderedJson& document, std::string_view response);

/// agg_inst_level_acc: the share of true verdicts among those of all samples. Throws InputError if there is
/// none.
[[nodiscard]] double aggregate_instructions(const std::vector<std::vector<bool>>& samples);

}  // namespace assay::eval
