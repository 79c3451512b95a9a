// GPQA with reasoning, as lm-evaluation-harness's gpqa does. The options are in the order in which they are
// when a task is the first of its run: by the generator that lm-eval seeds with 0.
#include "eval/function_module.hpp"
#include "eval/gpqa_document.hpp"

namespace assay::eval {
namespace {

void process_docs(util::OrderedJson& document, PythonRandom& random) {
  set_gpqa_options(document, random, GpqaMarkup::kept, GpqaChoices::also_listed);
}

constexpr std::string_view sources[] = {"b603828710f1fb3e1b8fe42726b188544ef8dbd12d25f4ca676e42ca4d1a251b"};
constexpr NamedProcess processes[] = {{.name = "process_docs", .draw = process_docs}};

}  // namespace

extern const FunctionModule function_module_gpqa;
const FunctionModule function_module_gpqa = {.name = "gpqa", .sources = sources, .processes = processes};

}  // namespace assay::eval
