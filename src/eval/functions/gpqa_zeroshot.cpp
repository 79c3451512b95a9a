// GPQA without examples, as lm-evaluation-harness's gpqa does. The options are in the order in which they are
// when a task is the first of its run: by the generator that lm-eval seeds with 0.
#include "eval/function_module.hpp"
#include "eval/gpqa_document.hpp"

namespace assay::eval {
namespace {

void process_docs(util::OrderedJson& document, PythonRandom& random) {
  set_gpqa_options(document, random, GpqaMarkup::kept, GpqaChoices::apart);
}

constexpr std::string_view sources[] = {"7c755f2c3f8f4ac20de96fb68941c43424d2ded0552d5ab81e672e15c410655c"};
constexpr NamedProcess processes[] = {{.name = "process_docs", .draw = process_docs}};

}  // namespace

extern const FunctionModule function_module_gpqa_zeroshot;
const FunctionModule function_module_gpqa_zeroshot = {
    .name = "gpqa_zeroshot", .sources = sources, .processes = processes};

}  // namespace assay::eval
