// super_glue's COPA: premise and connective, as lm-evaluation-harness's copa does.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/choice.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::OrderedJson;

OrderedJson doc_to_text(const OrderedJson& document) {
  const std::string& question = text_field(document, "question");
  util::check_input(question == "cause" || question == "effect",
                    "field \"question\" is neither \"cause\" nor \"effect\"");
  const std::string premise(first_characters(python::strip(text_field(document, "premise")), -1));
  return premise + (question == "cause" ? " because" : " therefore");
}

std::string choice(const OrderedJson& document, std::string_view name) {
  return " " + with_lower_first(text_field(document, name));
}

OrderedJson doc_to_target(const OrderedJson& document) {
  return choice(document, as_index(field(document, "label")) == 0 ? "choice1" : "choice2");
}

OrderedJson doc_to_choice(const OrderedJson& document) {
  return OrderedJson::array({choice(document, "choice1"), choice(document, "choice2")});
}

constexpr std::string_view sources[] = {"0be98a907db647a518c42c916a61385b64f394cf9d0171b5cb86b7a036282de7"};
constexpr NamedValue values[] = {
    {"doc_to_text", doc_to_text}, {"doc_to_target", doc_to_target}, {"doc_to_choice", doc_to_choice}};

}  // namespace

extern const FunctionModule function_module_super_glue_copa;
const FunctionModule function_module_super_glue_copa = {
    .name = "super_glue_copa", .sources = sources, .values = values};

}  // namespace assay::eval
