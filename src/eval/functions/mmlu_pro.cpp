// TIGER-Lab/MMLU-Pro: one subject's questions with up to ten options, as lm-evaluation-harness's mmlu_pro
// does.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::OrderedJson;

OrderedJson question_text(const OrderedJson& document) {
  constexpr std::string_view letters = "ABCDEFGHIJ";  // further options are left out
  std::string prompt = "Question:\n" + text_field(document, "question") + "\nOptions:\n";
  const std::vector<std::string> options = texts_field(document, "options");
  for (std::size_t i = 0; i < options.size() && i < letters.size(); ++i)
    prompt.append(1, letters[i]).append(". ").append(python::strip(options[i])).append("\n");
  return prompt + "Answer: Let's think step by step.";
}

OrderedJson fewshot_to_target(const OrderedJson& document) {
  return python::replace_all(text_field(document, "cot_content"), "A: Let's think step by step. ", "");
}

// The subjects, by the names of their functions.
constexpr char biology[] = "biology";
constexpr char business[] = "business";
constexpr char chemistry[] = "chemistry";
constexpr char computer_science[] = "computer science";
constexpr char economics[] = "economics";
constexpr char engineering[] = "engineering";
constexpr char health[] = "health";
constexpr char history[] = "history";
constexpr char law[] = "law";
constexpr char math[] = "math";
constexpr char other[] = "other";
constexpr char philosophy[] = "philosophy";
constexpr char physics[] = "physics";
constexpr char psychology[] = "psychology";

void unchanged(OrderedJson&) {}

template <const char* subject>
bool is_of(const OrderedJson& document) {
  return field(document, "category") == subject;
}

template <const char* subject>
constexpr NamedProcess only(std::string_view name) {
  return {.name = name, .function = unchanged, .keep = is_of<subject>};
}

constexpr std::string_view sources[] = {"d47eae06ecf1e9535b033394de62185327a1dca977cb29049003699adeb92801"};
constexpr NamedProcess processes[] = {only<biology>("process_biology"),
                                      only<business>("process_business"),
                                      only<chemistry>("process_chemistry"),
                                      only<computer_science>("process_computer_science"),
                                      only<economics>("process_economics"),
                                      only<engineering>("process_engineering"),
                                      only<health>("process_health"),
                                      only<history>("process_history"),
                                      only<law>("process_law"),
                                      only<math>("process_math"),
                                      only<other>("process_other"),
                                      only<philosophy>("process_philosophy"),
                                      only<physics>("process_physics"),
                                      only<psychology>("process_psychology")};
constexpr NamedValue values[] = {{"doc_to_text", question_text},
                                 {"fewshot_to_text", question_text},
                                 {"fewshot_to_target", fewshot_to_target}};

}  // namespace

extern const FunctionModule function_module_mmlu_pro;
const FunctionModule function_module_mmlu_pro = {
    .name = "mmlu_pro", .sources = sources, .processes = processes, .values = values};

}  // namespace assay::eval
