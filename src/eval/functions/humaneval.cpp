// HumanEval (Chen et al. 2021): the prompt with each completion is a program; it passes if it runs through
// the problem's tests, as in lm-evaluation-harness's humaneval.
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;

const std::string& text_of(const OrderedJson& response) {
  check_input(response.is_string(), "a response is not text");
  return response.get_ref<const std::string&>();
}

OrderedJson build_predictions(const OrderedJson& responses, const OrderedJson&, const OrderedJson& document) {
  OrderedJson programs = OrderedJson::array();
  for (const OrderedJson& response : responses)
    programs.push_back(text_field(document, "prompt") + text_of(response));
  return programs;
}

// A response in a block of code ends with the block.
OrderedJson build_predictions_instruct(const OrderedJson& responses, const OrderedJson&,
                                       const OrderedJson& document) {
  OrderedJson programs = OrderedJson::array();
  for (const OrderedJson& response : responses)
    programs.push_back(text_field(document, "prompt") + std::string(before_first(text_of(response), "```")));
  return programs;
}

std::vector<std::string> pass_at_k(const std::string& reference, const OrderedJson& predictions) {
  check_input(predictions.is_array(), "the filters left no list of programs");
  std::vector<std::string> programs;
  for (const OrderedJson& prediction : predictions)
    programs.push_back(text_of(prediction) + "\n" + reference);
  return programs;
}

constexpr std::string_view sources[] = {"5f77adbf75b4342a6113fea30168ea57b4e5c3877ffd3b4942cb338b3edb2c95"};
constexpr NamedFilter filters[] = {{"build_predictions", {}, build_predictions},
                                   {"build_predictions_instruct", {}, build_predictions_instruct}};
constexpr NamedExecution executions[] = {{"pass_at_k", pass_at_k}};

}  // namespace

extern const FunctionModule function_module_humaneval;
const FunctionModule function_module_humaneval = {
    .name = "humaneval", .sources = sources, .filters = filters, .executions = executions};

}  // namespace assay::eval
