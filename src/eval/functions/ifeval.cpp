// google/IFEval: are the instructions of a prompt followed, as lm-evaluation-harness's ifeval decides (and
// the Open LLM Leaderboard's, by the same file).
#include "eval/ifeval/ifeval.hpp"

#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const IfevalOutcome outcome = check_instructions(document, text_result(results));
  return {{"prompt_level_strict_acc", outcome.all_strict()},
          {"inst_level_strict_acc", outcome.strict},
          {"prompt_level_loose_acc", outcome.all_loose()},
          {"inst_level_loose_acc", outcome.loose}};
}

double agg_inst_level_acc(std::span<const OrderedJson> values) {
  std::vector<std::vector<bool>> samples;
  for (const OrderedJson& value : values) {
    util::check_input(value.is_array(), "a value is not a list of verdicts");
    std::vector<bool>& verdicts = samples.emplace_back();
    for (const OrderedJson& verdict : value) {
      util::check_input(verdict.is_boolean(), "a value is not a list of verdicts");
      verdicts.push_back(verdict.get<bool>());
    }
  }
  return aggregate_instructions(samples);
}

constexpr std::string_view sources[] = {"1ab8f14808c826f93f2364883487ed63cf4267980bf4761fda8053899c013632"};
constexpr NamedResults results[] = {{"process_results", process_results}};
constexpr NamedAggregation aggregations[] = {{"agg_inst_level_acc", agg_inst_level_acc}};

}  // namespace

extern const FunctionModule function_module_ifeval;
const FunctionModule function_module_ifeval = {
    .name = "ifeval", .sources = sources, .results = results, .aggregations = aggregations};

}  // namespace assay::eval
