// MATH, answers compared as text, as lm-evaluation-harness's hendrycks_math does.
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/function_module.hpp"
#include "eval/math/hendrycks.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

std::string gold_answer(const OrderedJson& document) {
  auto answer = math::boxed_answer(text_field(document, "solution"));
  util::check_input(answer.has_value(), "field \"solution\" has no answer in a box");
  return *std::move(answer);
}

void process_docs(OrderedJson& document) {
  (void)field(document, "problem");
  document["answer"] = gold_answer(document);
}

MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const bool right = math::is_equiv(math::response_answer(text_result(results)), gold_answer(document));
  return {{"exact_match", right ? 1 : 0}};
}

constexpr std::string_view sources[] = {"8332e42f23c62043b23d74ee6d3934f997b209cd60a1ad45b7882d6b00929d5c"};
constexpr NamedProcess processes[] = {{"process_docs", process_docs}};
constexpr NamedResults results[] = {{"process_results", process_results}};

}  // namespace

extern const FunctionModule function_module_hendrycks_math;
const FunctionModule function_module_hendrycks_math = {
    .name = "hendrycks_math", .sources = sources, .processes = processes, .results = results};

}  // namespace assay::eval
