// A prompt as turns: what lm-evaluation-harness builds before it writes them as plain text or gives them to a
// chat template (api/utils.py, api/task.py).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/eval/task.hpp"

namespace assay::eval {

/// One turn; as plain text, its content and the delimiter behind it.
struct Turn {
  std::string role;  ///< "system", "user" or "assistant"
  std::string content;
  std::string delimiter;
};

/// What one question is made of.
struct QuestionParts {
  std::string question;
  std::optional<std::string> answer;  ///< of a shot; none for the document that is asked
  std::string gen_prefix;             ///< what the answer begins with
  std::string target_delimiter;
  std::string fewshot_delimiter;
};
/// The question, and its answer or the beginning of one.
[[nodiscard]] std::vector<Turn> question_turns(const QuestionParts& parts);

/// Both, with the delimiter between them unless one is empty or has white space there.
[[nodiscard]] std::string join_delimited(const std::string& prefix, const std::string& suffix,
                                         std::string_view delimiter);

[[nodiscard]] std::string plain_text(const std::vector<Turn>& turns);
/// For a chat template: all user and assistant turns as one user turn, but for a beginning of the answer at
/// the end.
[[nodiscard]] std::vector<Turn> single_turn(std::vector<Turn> turns);

}  // namespace assay::eval
