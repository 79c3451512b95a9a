// CoQA (Reddy et al. 2019): the conversation so far, and answers scored against those of several people, as
// lm-evaluation-harness's coqa does.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"
#include "eval/squad_text.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;

const OrderedJson& turns(const OrderedJson& document, std::string_view name) {
  const OrderedJson& list = field(field(document, name), "input_text");
  check_input(list.is_array(), "field \"{}\" holds no list \"input_text\"", name);
  return list;
}

OrderedJson doc_to_text(const OrderedJson& document) {
  const OrderedJson& questions = turns(document, "questions");
  const OrderedJson& answers = turns(document, "answers");
  const std::size_t given = answers.empty() ? 0 : answers.size() - 1;  // the last is to be found
  std::string text = text_field(document, "story") + "\n\n";
  for (std::size_t i = 0; i < std::max(questions.size(), given); ++i) {
    text += "Q: " + (i < questions.size() ? python_str(questions[i]) : "None") + "\n\n";
    text += i < given && !answers[i].is_null() ? "A: " + python_str(answers[i]) + "\n\n" : "A:";
  }
  return text;
}

std::string answer_of_turn(const OrderedJson& answers, std::size_t turn) {
  check_input(turn > 0 && turn <= answers.size() && answers[turn - 1].is_string(),
              "a question has no answer of text");
  return answers[turn - 1].get<std::string>();
}

// The answer, and those of other people that differ in more than case.
std::vector<std::string> gold_answers(const OrderedJson& document) {
  const std::size_t turn = turns(document, "questions").size();
  std::vector<std::string> gold = {answer_of_turn(turns(document, "answers"), turn)};
  const auto others = document.find("additional_answers");
  if (others == document.end() || others->empty()) return gold;
  check_input(others->is_object(), "field \"additional_answers\" is not a mapping");
  for (const auto& [key, value] : others->items()) {
    const std::string answer = answer_of_turn(field(value, "input_text"), turn);
    const auto same = [&](const std::string& known) { return python::lower(known) == python::lower(answer); };
    if (std::ranges::none_of(gold, same)) gold.push_back(answer);
  }
  return gold;
}

OrderedJson doc_to_target(const OrderedJson& document) {
  return gold_answers(document);
}

// The best score against the others, averaged over leaving out each; against the only one if there is one.
template <class Score>
double leave_one_out(const std::vector<std::string>& gold, const Score& score_of) {
  std::vector<double> scores;
  for (const std::string& answer : gold) scores.push_back(score_of(answer));
  if (scores.size() == 1) return scores[0];
  double sum = 0;
  for (std::size_t left_out = 0; left_out < scores.size(); ++left_out) {
    double best = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) best = i == left_out ? best : std::max(best, scores[i]);
    sum += best;
  }
  return sum / static_cast<double>(scores.size());
}

MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::vector<std::string> gold = gold_answers(document);
  const std::string prediction(before_first(python::strip(text_result(results)), "\n"));
  const auto exact = [&](const std::string& answer) {
    return static_cast<double>(squad_exact(answer, prediction));
  };
  const auto f1 = [&](const std::string& answer) { return squad_f1(answer, prediction).get<double>(); };
  return {{"em", leave_one_out(gold, exact)}, {"f1", leave_one_out(gold, f1)}};
}

constexpr std::string_view sources[] = {"62ac82e8027162d134709355a00526ff5497deb5987beebb18b439b320e860ca"};
constexpr NamedValue values[] = {{"doc_to_text", doc_to_text}, {"doc_to_target", doc_to_target}};
constexpr NamedResults results[] = {{"process_results", process_results}};

}  // namespace

extern const FunctionModule function_module_coqa;
const FunctionModule function_module_coqa = {
    .name = "coqa", .sources = sources, .values = values, .results = results};

}  // namespace assay::eval
