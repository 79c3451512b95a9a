// The Open LLM Leaderboard's GPQA, as lm-evaluation-harness does. The options are in the order in which they
// are when a task is the first of its run: by the generator that lm-eval seeds with 0.
#include "eval/function_module.hpp"
#include "eval/gpqa_document.hpp"

namespace assay::eval {
namespace {

void process_docs(util::OrderedJson& document, PythonRandom& random) {
  set_gpqa_options(document, random, GpqaMarkup::removed, GpqaChoices::apart);
}

constexpr std::string_view sources[] = {"21901ae19d06c75c1490026f98be390e8b522b1d0d7cdce4f77740b344072883"};
constexpr NamedProcess processes[] = {{.name = "process_docs", .draw = process_docs}};

}  // namespace

extern const FunctionModule function_module_leaderboard_gpqa;
const FunctionModule function_module_leaderboard_gpqa = {
    .name = "leaderboard_gpqa", .sources = sources, .processes = processes};

}  // namespace assay::eval
