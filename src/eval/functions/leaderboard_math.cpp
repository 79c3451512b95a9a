// The Open LLM Leaderboard's MATH: problems of level 5, scored by the rules that it froze, as
// lm-evaluation-harness's leaderboard does.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/function_module.hpp"
#include "eval/math/math_verify.hpp"
#include "eval/math/minerva.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::OrderedJson;

OrderedJson doc_to_text(const OrderedJson& document) {
  return "Problem:\n" + text_field(document, "problem") + "\n\nSolution:";
}

void process_docs(OrderedJson& document) {
  (void)field(document, "problem");
  document["answer"] = math::leaderboard_gold(text_field(document, "solution"));
}

bool is_hard(const OrderedJson& document) {
  return field(document, "level") == "Level 5";
}

// The examples of Minerva's prompt with two slips of the frozen file: a brace behind the first problem, and
// one backslash at the ends of lines.
OrderedJson list_fewshot_samples() {
  OrderedJson samples = OrderedJson::array();
  for (const math::WorkedExample& example : math::minerva_examples()) {
    const std::string slip = samples.empty() ? "}" : "";
    samples.push_back({{"problem", python::replace_all(example.problem, "\\\\\n", "\\\n") + slip},
                       {"solution", python::replace_all(example.solution, "\\\\\n", "\\\n")},
                       {"few_shot", "1"},
                       {"level", "Level 5"}});
  }
  return samples;
}

MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::string& response = text_result(results);
  const bool verified = math::leaderboard_exact_match(text_field(document, "solution"), response);
  const bool original = math::leaderboard_exact_match_original(response, text_field(document, "answer"));
  return {{"exact_match", verified ? 1 : 0}, {"exact_match_original", original ? 1 : 0}};
}

constexpr std::string_view sources[] = {"07950dcc102f8d3892c6acea62f5b3499a579aee4c5f8e9af6b94c84c43d16b9"};
constexpr NamedProcess processes[] = {{"process_docs", process_docs, is_hard}};
constexpr NamedValue values[] = {{"doc_to_text", doc_to_text}};
constexpr NamedSamples samples[] = {{"list_fewshot_samples", list_fewshot_samples}};
constexpr NamedResults results[] = {{"process_results", process_results}};

}  // namespace

extern const FunctionModule function_module_leaderboard_math;
const FunctionModule function_module_leaderboard_math = {.name = "leaderboard_math",
                                                         .sources = sources,
                                                         .processes = processes,
                                                         .values = values,
                                                         .samples = samples,
                                                         .results = results};

}  // namespace assay::eval
