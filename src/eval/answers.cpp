#include "eval/answers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/util/error.hpp"
#include "eval/choice.hpp"

namespace assay::eval {

using util::check_input;
using util::OrderedJson;

std::vector<std::string> gold_texts(const ScoreInput& input) {
  const OrderedJson& gold = input.sample.target;
  if (!input.task.doc_to_choice.is_null() && as_index(gold)) {
    const auto index = gold_index(gold, input.sample.choices);
    check_input(index.has_value(), "task {}, document {}: target {} is outside its choices", input.task.task,
                input.sample.doc_id, gold.dump());
    return {input.sample.choices[*index]};
  }
  // In a task whose targets are single, a target that reads like a list is compared as that text.
  if (!input.sample.several_targets || !gold.is_array()) return {python_str(gold)};
  std::vector<std::string> texts;
  for (const OrderedJson& one : gold) texts.push_back(python_str(one));
  return texts;
}

std::vector<std::string> response_texts(const ScoreInput& input) {
  if (!input.response.is_array()) return {python_str(input.response)};
  std::vector<std::string> texts;
  for (const OrderedJson& one : input.response) texts.push_back(python_str(one));
  return texts;
}

const std::string& response_text(const ScoreInput& input) {
  const OrderedJson& response = input.response;
  // A pipeline without take_first leaves the list of the one response there is.
  const bool listed = response.is_array() && response.size() == 1;
  const OrderedJson& text = listed ? response[0] : response;
  check_input(text.is_string(),
              "task {}, document {}: the filters leave {}, but this metric compares one text; end them with "
              "take_first",
              input.task.task, input.sample.doc_id,
              response.is_array() ? fmt::format("{} responses", response.size()) : response.type_name());
  return text.get_ref<const std::string&>();
}

OrderedJson text_pair(const ScoreInput& input) {
  const auto golds = gold_texts(input);
  return OrderedJson::array(
      {golds.size() == 1 ? OrderedJson(golds[0]) : OrderedJson(golds), response_text(input)});
}

double best_score(const ScoreInput& input,
                  const std::function<double(std::string_view gold, std::string_view response)>& score) {
  double best = 0;
  for (const std::string& gold : gold_texts(input)) best = std::max(best, score(gold, response_text(input)));
  return best;
}

}  // namespace assay::eval
