// The Open LLM Leaderboard's MMLU-Pro: options by letter, as lm-evaluation-harness's leaderboard does.
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

std::vector<std::string> options_of(const OrderedJson& document) {
  std::vector<std::string> options = texts_field(document, "options");
  util::check_input(options.size() <= letters.size(),
                    "field \"options\" has more texts than there are letters");
  return options;
}

OrderedJson doc_to_text(const OrderedJson& document) {
  const std::vector<std::string> options = options_of(document);
  std::string text = python_str(field(document, "question")) + "\n";
  for (std::size_t i = 0; i < options.size(); ++i)
    text.append(1, letters[i]).append(". ").append(options[i]).append("\n");
  return text + "Answer:";
}

OrderedJson doc_to_choice(const OrderedJson& document) {
  OrderedJson choices = OrderedJson::array();
  for (std::size_t i = 0; i < options_of(document).size(); ++i) choices.push_back(letters.substr(i, 1));
  return choices;
}

constexpr std::string_view sources[] = {"49a014c4dc39902071760182858e6b4d42aaaa917a440e71a165bdff75085487"};
constexpr NamedValue values[] = {{"doc_to_text", doc_to_text}, {"doc_to_choice", doc_to_choice}};

}  // namespace

extern const FunctionModule function_module_leaderboard_mmlu_pro;
const FunctionModule function_module_leaderboard_mmlu_pro = {
    .name = "leaderboard_mmlu_pro", .sources = sources, .values = values};

}  // namespace assay::eval
