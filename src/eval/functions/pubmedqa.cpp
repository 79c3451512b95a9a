// pubmed_qa: abstract and question, as lm-evaluation-harness's pubmedqa does.
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

OrderedJson doc_to_text(const OrderedJson& document) {
  return "Abstract: " + join(texts_field(document, "CONTEXTS"), "\n") +
         "\nQuestion: " + python_str(field(document, "QUESTION")) + "\nAnswer:";
}

constexpr std::string_view sources[] = {"43528eee61666d94ae9ac3d58bcd3a0c38182a8898f996f536be9de1d3655740"};
constexpr NamedValue values[] = {{"doc_to_text", doc_to_text}};

}  // namespace

extern const FunctionModule function_module_pubmedqa;
const FunctionModule function_module_pubmedqa = {.name = "pubmedqa", .sources = sources, .values = values};

}  // namespace assay::eval
