// hails/bigbench: only the documents that are multiple choice, as lm-evaluation-harness's bigbench does.
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

void unchanged(OrderedJson&) {}

bool has_choices(const OrderedJson& document) {
  const OrderedJson& targets = field(document, "multiple_choice_targets");
  util::check_input(targets.is_array(), "field \"multiple_choice_targets\" is not a list");
  return !targets.empty();
}

constexpr std::string_view sources[] = {"ffe5920d8ee35daa9271be669629b928a76ac82ede88bdb21683c56785efa474"};
constexpr NamedProcess processes[] = {
    {.name = "filter_multiple_choice", .function = unchanged, .keep = has_choices}};

}  // namespace

extern const FunctionModule function_module_bigbench;
const FunctionModule function_module_bigbench = {
    .name = "bigbench", .sources = sources, .processes = processes};

}  // namespace assay::eval
