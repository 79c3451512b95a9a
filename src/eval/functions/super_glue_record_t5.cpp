// super_glue's ReCoRD in T5's form: one document for each gold answer, whose target is
// "<passage>+<query>_<answer>"; scores are the best over the answers of one query, as
// lm-evaluation-harness does.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"
#include "eval/python_regex.hpp"
#include "eval/similarity/pairwise_sum.hpp"
#include "eval/squad_text.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;

OrderedJson doc_to_text(const OrderedJson& document) {
  static const PythonRegex ended(R"((\.|\?|\!|\"|\')\n@highlight\n)");
  const std::string sentences = ended.substitute(
      text_field(document, "passage"), [](const PythonRegex::Groups& groups) { return groups[1] + " "; });
  return "record query: " + text_field(document, "query") +
         " entities: " + join(texts_field(document, "entities"), ", ") +
         " passage: " + python::replace_all(sentences, "\n@highlight\n", ". ");
}

std::vector<OrderedJson> split_answers(const OrderedJson& document) {
  const OrderedJson& answers = field(document, "answers");
  check_input(answers.is_array(), "field \"answers\" is not a list");
  std::vector<OrderedJson> documents;
  for (const OrderedJson& answer : answers) {
    documents.push_back(document);
    documents.back()["answers"] = answer;
  }
  return documents;
}

OrderedJson pair(const OrderedJson& reference, const OrderedJson& prediction) {
  return OrderedJson::array({prediction, reference});
}

struct Answers {
  std::vector<std::string> predictions;
  std::vector<std::string> golds;
};

// By query, in the order in which the queries come, normalised.
std::vector<Answers> grouped(std::span<const OrderedJson> pairs) {
  std::vector<Answers> groups;
  std::unordered_map<std::string, std::size_t> places;
  for (const OrderedJson& value : pairs) {
    check_input(value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_string(),
                "a value is not a pair of an answer and a target");
    const std::vector<std::string> parts = python::split(value[1].get_ref<const std::string&>(), "_");
    check_input(parts.size() == 2, "a target is not \"<query>_<answer>\" with one \"_\"");
    const auto [place, is_new] = places.emplace(parts[0], groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].predictions.push_back(normalize_squad(value[0].get_ref<const std::string&>()));
    groups[place->second].golds.push_back(normalize_squad(parts[1]));
  }
  check_input(!groups.empty(), "there are no values to combine");
  return groups;
}

double squad_em_agg(std::span<const OrderedJson> pairs) {
  double right = 0;
  double count = 0;
  for (const Answers& group : grouped(pairs)) {
    for (const std::string& prediction : group.predictions) {
      right += std::ranges::find(group.golds, prediction) != group.golds.end() ? 1 : 0;
      ++count;
    }
  }
  return right / count;
}

double word_f1(const std::string& prediction, const std::string& gold) {
  const std::vector<std::string> words = python::split(prediction, "");
  const std::vector<std::string> gold_words = python::split(gold, "");
  const auto shared = static_cast<double>(shared_words(words, gold_words));
  if (shared == 0) return 0;
  const double precision = shared / static_cast<double>(words.size());
  const double recall = shared / static_cast<double>(gold_words.size());
  return (2 * precision * recall) / (precision + recall);
}

double squad_f1_agg(std::span<const OrderedJson> pairs) {
  std::vector<double> scores;
  for (const Answers& group : grouped(pairs)) {
    // The first prediction of a query stands for all: they answer the same prompt.
    double best = 0;
    for (const std::string& gold : group.golds) best = std::max(best, word_f1(group.predictions[0], gold));
    scores.push_back(best);
  }
  return pairwise_sum(scores) / static_cast<double>(scores.size());
}

constexpr std::string_view sources[] = {"5b63ff29067eea176299b87d3cf273091f24219e17a9baa89c0f02aad28a61a4"};
constexpr NamedProcess processes[] = {{.name = "process_docs", .expand = split_answers}};
constexpr NamedValue values[] = {{"doc_to_text", doc_to_text}};
constexpr NamedMetric metrics[] = {{"em", pair}, {"f1", pair}};
constexpr NamedAggregation aggregations[] = {{"squad_em_agg", squad_em_agg}, {"squad_f1_agg", squad_f1_agg}};

}  // namespace

extern const FunctionModule function_module_super_glue_record_t5;
const FunctionModule function_module_super_glue_record_t5 = {.name = "super_glue_record_t5",
                                                             .sources = sources,
                                                             .processes = processes,
                                                             .values = values,
                                                             .metrics = metrics,
                                                             .aggregations = aggregations};

}  // namespace assay::eval
