#include "eval/prompt/messages.hpp"

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"

namespace assay::eval {
namespace {

bool space_between(const std::string& before, const std::string& after) {
  return text::python::rstrip(before).size() != before.size() ||
         text::python::lstrip(after).size() != after.size();
}

}  // namespace

std::string join_delimited(const std::string& prefix, const std::string& suffix, std::string_view delimiter) {
  if (prefix.empty() || suffix.empty()) return prefix + suffix;
  std::string joined = prefix;
  if (!space_between(prefix, suffix)) joined += delimiter;
  return joined + suffix;
}

std::vector<Turn> question_turns(const QuestionParts& parts) {
  const std::string& prefix = parts.gen_prefix;
  const bool answered = parts.answer && !parts.answer->empty();
  bool delimit = answered;
  if (!prefix.empty()) delimit = !parts.question.empty() && !space_between(parts.question, prefix);
  std::vector<Turn> turns = {{"user", parts.question, delimit ? parts.target_delimiter : ""}};
  if (answered)
    turns.push_back({"assistant", join_delimited(prefix, *parts.answer, " "), parts.fewshot_delimiter});
  else if (!prefix.empty())
    turns.push_back({"assistant", prefix, ""});
  return turns;
}

std::string plain_text(const std::vector<Turn>& turns) {
  std::string text;
  for (const Turn& turn : turns) {
    text += turn.content;
    text += turn.delimiter;
  }
  return text;
}

std::vector<Turn> single_turn(std::vector<Turn> turns) {
  std::vector<Turn> result;
  std::size_t from = 0;
  if (!turns.empty() && turns[0].role == "system") {
    result.push_back(turns[0]);
    from = 1;
  }
  ASSAY_CHECK(from < turns.size());
  const bool answer_begun = turns.back().role == "assistant";
  const std::size_t to = turns.size() - (answer_begun ? 1 : 0);
  ASSAY_CHECK(from < to);
  turns[to - 1].delimiter.clear();
  std::string all;
  for (std::size_t i = from; i < to; ++i) all += turns[i].content + turns[i].delimiter;
  result.push_back({"user", std::move(all), ""});
  if (answer_begun) result.push_back(turns.back());
  return result;
}

}  // namespace assay::eval
