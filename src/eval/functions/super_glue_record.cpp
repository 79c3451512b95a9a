// super_glue's ReCoRD: which entity fills the gap, as lm-evaluation-harness's record does.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/choice.hpp"
#include "eval/function_module.hpp"
#include "eval/squad_text.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;

OrderedJson doc_to_text(const OrderedJson& document) {
  const auto parts = python::split(python::strip(text_field(document, "passage")), "\n@highlight\n");
  std::string text = parts.at(0) + "\n\n";
  for (std::size_t i = 1; i < parts.size(); ++i) text += "  - " + parts[i] + ".\n";
  return text;
}

std::string answer_text(const OrderedJson& document, const std::string& entity) {
  return python::replace_all("  - " + text_field(document, "query"), "@placeholder", entity);
}

OrderedJson doc_to_target(const OrderedJson& document) {
  const std::vector<std::string> answers = texts_field(document, "answers");
  check_input(!answers.empty(), "field \"answers\" is empty");
  return answer_text(document, answers[0]);
}

OrderedJson doc_to_choice(const OrderedJson& document) {
  OrderedJson choices = OrderedJson::array();
  for (const std::string& entity : texts_field(document, "entities"))
    choices.push_back(answer_text(document, entity));
  return choices;
}

// The order of bytes is that of the characters.
std::vector<std::string> sorted_set(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  texts.erase(std::ranges::unique(texts).begin(), texts.end());
  return texts;
}

void process_docs(OrderedJson& document) {
  (void)field(document, "passage");
  (void)field(document, "query");
  document["entities"] = sorted_set(texts_field(document, "entities"));
  document["answers"] = sorted_set(texts_field(document, "answers"));
}

MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::vector<double> values = log_probability_results(results);
  const std::vector<std::string> entities = texts_field(document, "entities");
  const std::vector<std::string> answers = texts_field(document, "answers");
  check_input(values.size() <= entities.size() && !answers.empty(),
              "a document without an entity for each answer of the model, or without a gold answer");
  const std::string& chosen = entities[arg_max(values)];
  OrderedJson best_f1 = squad_f1(chosen, answers[0]);
  int best_exact = 0;
  for (const std::string& answer : answers) {
    const OrderedJson value = squad_f1(chosen, answer);
    if (value.get<double>() > best_f1.get<double>()) best_f1 = value;
    best_exact = std::max(best_exact, squad_exact(chosen, answer));
  }
  return {{"f1", best_f1}, {"em", best_exact}};
}

constexpr std::string_view sources[] = {"274e6430411e2d0376ec516ac191a44b81ecacf89151ba4df5f4107e894e2dfc"};
constexpr NamedProcess processes[] = {{"process_docs", process_docs}};
constexpr NamedValue values[] = {
    {"doc_to_text", doc_to_text}, {"doc_to_target", doc_to_target}, {"doc_to_choice", doc_to_choice}};
constexpr NamedResults results[] = {{"process_results", process_results}};

}  // namespace

extern const FunctionModule function_module_super_glue_record;
const FunctionModule function_module_super_glue_record = {.name = "super_glue_record",
                                                          .sources = sources,
                                                          .processes = processes,
                                                          .values = values,
                                                          .results = results};

}  // namespace assay::eval
