// Rowan/hellaswag: context and endings cleaned of WikiHow's mark-up, as lm-evaluation-harness's hellaswag
// does.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;

// Removes every shortest [...] that holds no line break.
std::string without_brackets(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  std::size_t stop = 0;  // of brackets from here on; good for every one before it
  while (at < text.size()) {
    if (text[at] == '[') {
      if (at == 0 || stop < at) stop = text.find_first_of("]\n", at);
      if (stop != std::string_view::npos && text[stop] == ']') {
        at = stop + 1;
        continue;
      }
    }
    out += text[at++];
  }
  return out;
}

std::string clean(std::string_view text) {
  const std::string titled = text::python::replace_all(text::python::strip(text), " [title]", ". ");
  return text::python::replace_all(without_brackets(titled), "  ", " ");
}

void process_docs(OrderedJson& document) {
  const std::string context =
      text_field(document, "ctx_a") + " " + text::python::capitalize(text_field(document, "ctx_b"));
  OrderedJson choices = OrderedJson::array();
  for (const std::string& ending : texts_field(document, "endings")) choices.push_back(clean(ending));
  const std::string query = clean(text_field(document, "activity_label") + ": " + context);
  const std::string label(text::python::strip(text_field(document, "label")));
  check_input(text::python::is_digits(label) && label.size() < 10,
              "field \"label\" is not the number of an ending");
  document["query"] = query;
  document["choices"] = std::move(choices);
  document["gold"] = std::stoi(label);
}

constexpr std::string_view sources[] = {"07d23b60b28f2a4f658dcf8440623a63fe6644854ce9b846a114dde980dc1214"};
constexpr NamedProcess processes[] = {{"process_docs", process_docs}};

}  // namespace

extern const FunctionModule function_module_hellaswag;
const FunctionModule function_module_hellaswag = {
    .name = "hellaswag", .sources = sources, .processes = processes};

}  // namespace assay::eval
