// The Open LLM Leaderboard's MuSR: options written as a Python list, as lm-evaluation-harness's leaderboard
// does.
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

OrderedJson doc_to_choice(const OrderedJson& document) {
  auto choices = python_literal(text_field(document, "choices"));
  util::check_input(choices && choices->is_array(), "field \"choices\" is not a list written in Python");
  return *std::move(choices);
}

OrderedJson doc_to_text(const OrderedJson& document) {
  std::string text =
      python_str(field(document, "narrative")) + "\n\n" + python_str(field(document, "question")) + "\n\n";
  std::size_t number = 0;
  for (const OrderedJson& choice : doc_to_choice(document))
    text += fmt::format("{} - {}\n", ++number, python_str(choice));
  return text + "\nAnswer:";
}

constexpr std::string_view sources[] = {"9da42ec170310d8eaac3964994eb02d150e52e0f4514553e395c2a3174c25dd4"};
constexpr NamedValue values[] = {{"doc_to_text", doc_to_text}, {"doc_to_choice", doc_to_choice}};

}  // namespace

extern const FunctionModule function_module_leaderboard_musr;
const FunctionModule function_module_leaderboard_musr = {
    .name = "leaderboard_musr", .sources = sources, .values = values};

}  // namespace assay::eval
