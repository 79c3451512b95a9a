// EleutherAI/arithmetic: questions in the shape that the prompts expect, as lm-evaluation-harness's
// arithmetic does.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::OrderedJson;

void process_docs(OrderedJson& document) {
  std::string context = python::replace_all(python::strip(text_field(document, "context")), "\n\n", "\n");
  context = python::replace_all(context, "Q:", "Question:");
  (void)field(document, "completion");
  document["context"] = python::replace_all(context, "A:", "Answer:");
}

constexpr std::string_view sources[] = {"55c93da7005300ce496a18bce8251febab8acd36b8c4d8875679ff432c2031f9"};
constexpr NamedProcess processes[] = {{"process_docs", process_docs}};

}  // namespace

extern const FunctionModule function_module_arithmetic;
const FunctionModule function_module_arithmetic = {
    .name = "arithmetic", .sources = sources, .processes = processes};

}  // namespace assay::eval
