// math_qa: the five options out of one line of text, as lm-evaluation-harness's mathqa does.
#include <nlohmann/json.hpp>

#include "eval/function_module.hpp"
#include "eval/function_text.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

OrderedJson doc_to_choice(const OrderedJson& document) {
  static const PythonRegex option(R"([abcd] \) .*?, |e \) .*?$)");
  constexpr std::size_t label_size = 4;  // "a ) "
  OrderedJson choices = OrderedJson::array();
  for (const PythonRegex::Groups& match : option.find_all(text_field(document, "options")))
    choices.push_back(rstrip_of(std::string_view(match[0]).substr(label_size), " ,"));
  return choices;
}

constexpr std::string_view sources[] = {"345aa27870efd145f970456632622efc617b299a4d00abc9459242d2c696d342"};
constexpr NamedValue values[] = {{"doc_to_choice", doc_to_choice}};

}  // namespace

extern const FunctionModule function_module_mathqa;
const FunctionModule function_module_mathqa = {.name = "mathqa", .sources = sources, .values = values};

}  // namespace assay::eval
