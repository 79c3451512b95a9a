// allenai/winogrande: the sentence up to its gap with either option in it, and what follows the gap, as
// lm-evaluation-harness's winogrande does.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;

std::size_t gap(const std::string& sentence) {
  const auto found = sentence.find('_');
  check_input(found != std::string::npos, "field \"sentence\" has no gap \"_\"");
  return found;
}

OrderedJson doc_to_text(const OrderedJson& document) {
  const std::string& answer = text_field(document, "answer");
  check_input(answer == "1" || answer == "2", "field \"answer\" is neither \"1\" nor \"2\"");
  return answer == "1" ? 0 : 1;
}

OrderedJson doc_to_target(const OrderedJson& document) {
  const std::string& sentence = text_field(document, "sentence");
  return python::strip(std::string_view(sentence).substr(gap(sentence) + 1));
}

OrderedJson doc_to_choice(const OrderedJson& document) {
  const std::string& sentence = text_field(document, "sentence");
  const std::string before = sentence.substr(0, gap(sentence));
  return OrderedJson::array(
      {before + text_field(document, "option1"), before + text_field(document, "option2")});
}

constexpr std::string_view sources[] = {"e55327629264a98f1d383fda24645b6779afb53fa0bce2150042b9416b1ae006"};
constexpr NamedValue values[] = {
    {"doc_to_text", doc_to_text}, {"doc_to_target", doc_to_target}, {"doc_to_choice", doc_to_choice}};

}  // namespace

extern const FunctionModule function_module_winogrande;
const FunctionModule function_module_winogrande = {
    .name = "winogrande", .sources = sources, .values = values};

}  // namespace assay::eval
