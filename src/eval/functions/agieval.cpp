// AGIEval (Zhong et al. 2023): options of which several may be right, and answers of mathematics, as
// lm-evaluation-harness's agieval does.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/choice.hpp"
#include "eval/function_module.hpp"
#include "eval/math/hendrycks.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;
MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::string& candidate = text_result(results);
  if (field(document, "answer").is_null()) return {{"acc", 0}};
  return {{"acc", math::agieval_is_equiv(candidate, text_field(document, "answer")) ? 1 : 0}};
}

MetricValues process_results_mcqa(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::vector<double> values = log_probability_results(results);
  const std::vector<std::string> choices = texts_field(document, "choices");
  const OrderedJson& gold = field(document, "gold");
  check_input(choices.size() == values.size(), "field \"choices\" has {} texts for {} results",
              choices.size(), values.size());
  check_input(gold.is_array(), "field \"gold\" is not a list");
  std::vector<double> normalised;
  for (std::size_t i = 0; i < values.size(); ++i)
    normalised.push_back(values[i] / static_cast<double>(python::length(choices[i])));
  const auto is_gold = [&](std::size_t index) {
    const auto is_it = [&](const OrderedJson& value) {
      return as_index(value) == static_cast<std::int64_t>(index);
    };
    return std::ranges::any_of(gold, is_it) ? 1.0 : 0.0;
  };
  return {{"acc", is_gold(arg_max(values))}, {"acc_norm", is_gold(arg_max(normalised))}};
}

constexpr std::string_view sources[] = {"d54929f3cfcae8ee7f1f0171414cb81ec19b4243ea6474d8155956beb18327d3"};
constexpr NamedResults results[] = {{"process_results", process_results},
                                    {"process_results_mcqa", process_results_mcqa}};

}  // namespace

extern const FunctionModule function_module_agieval;
const FunctionModule function_module_agieval = {.name = "agieval", .sources = sources, .results = results};

}  // namespace assay::eval
