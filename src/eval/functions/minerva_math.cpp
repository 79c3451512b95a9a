// MATH with four worked examples, answers compared by algebra, as lm-evaluation-harness's minerva_math does.
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/function_module.hpp"
#include "eval/math/math_verify.hpp"
#include "eval/math/minerva.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

OrderedJson doc_to_text(const OrderedJson& document) {
  return "Problem:\n" + text_field(document, "problem") + "\n\nSolution:";
}

void process_docs(OrderedJson& document) {
  (void)field(document, "problem");
  auto answer = math::minerva_gold(text_field(document, "solution"));
  util::check_input(answer.has_value(), "field \"solution\" has no answer in a box");
  document["answer"] = *std::move(answer);
}

OrderedJson list_fewshot_samples() {
  OrderedJson samples = OrderedJson::array();
  for (const math::WorkedExample& example : math::minerva_examples())
    samples.push_back({{"problem", example.problem}, {"solution", example.solution}, {"few_shot", "1"}});
  return samples;
}

MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::string& response = text_result(results);
  const bool same = math::minerva_exact_match(response, text_field(document, "answer"));
  const bool verified = math::math_verify(text_field(document, "solution"), response);
  return {{"exact_match", same ? 1 : 0}, {"math_verify", verified ? 1 : 0}};
}

constexpr std::string_view sources[] = {"e6b10f05b1990d3e82a4414bbf8c04a9f6b7e029c00dfe336a040ecf78acdab0"};
constexpr NamedProcess processes[] = {{"process_docs", process_docs}};
constexpr NamedValue values[] = {{"doc_to_text", doc_to_text}};
constexpr NamedSamples samples[] = {{"list_fewshot_samples", list_fewshot_samples}};
constexpr NamedResults results[] = {{"process_results", process_results}};

}  // namespace

extern const FunctionModule function_module_minerva_math;
const FunctionModule function_module_minerva_math = {.name = "minerva_math",
                                                     .sources = sources,
                                                     .processes = processes,
                                                     .values = values,
                                                     .samples = samples,
                                                     .results = results};

}  // namespace assay::eval
