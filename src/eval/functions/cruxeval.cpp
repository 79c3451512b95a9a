// CRUXEval (Gu et al. 2024): the function with an assertion made of the response is a program, as in
// lm-evaluation-harness's cruxeval.
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What a chain of thought puts between [ANSWER] and [/ANSWER].
std::string answer_part(std::string_view text) {
  if (!has(text, "[ANSWER]")) return std::string(text);
  const std::string part(python::strip(python::split(text, "[ANSWER]").at(1)));
  return std::string(has(part, "[/ANSWER]") ? python::strip(before_first(part, "[/ANSWER]")) : part);
}

std::string_view without_comment(std::string_view text) {
  return python::strip(before_first(before_first(text, "\n"), "#"));
}

std::string program_of(const OrderedJson& document, std::string_view input, std::string_view output) {
  return python_str(field(document, "code")) + "\nassert f(" + std::string(input) +
         ")==" + std::string(output);
}

std::string output_program(const OrderedJson& document, const std::string& response) {
  const std::vector<std::string> sides = python::split(response, "==");
  const std::string_view answer = python::strip(sides.size() > 1 ? sides[1] : response);
  return program_of(document, python_str(field(document, "input")), without_comment(strip_of(answer, "\"'")));
}

// The arguments of the assertion's call, up to its closing bracket, or to the first one where none closes it.
std::string_view call_arguments(std::string_view text, std::size_t begin) {
  int open = 1;
  std::size_t end = begin;
  while (end < text.size() && open > 0) {
    if (text[end] == '(') ++open;
    if (text[end] == ')') --open;
    ++end;
  }
  if (open == 0) return python::strip(text.substr(begin, end - 1 - begin));
  return python::strip(before_first(text.substr(begin), ")"));
}

std::string input_argument(const std::string& response) {
  constexpr std::string_view call = "assert f(";
  if (const auto found = response.find(call); found != std::string::npos)
    return std::string(call_arguments(response, found + call.size()));
  if (has(response, "assert f") || has(response, "==")) {
    const std::string left = python::replace_all(before_first(response, "=="), "assert f", "");
    return std::string(python::strip(strip_of(left, "()")));
  }
  const std::string_view argument = python::strip(response);
  if (argument.starts_with("f(") && argument.ends_with(")"))
    return std::string(argument.substr(2, argument.size() - 3));
  return std::string(argument);
}

std::string input_program(const OrderedJson& document, const std::string& response) {
  const std::string argument = input_argument(response);
  return program_of(document, without_comment(argument), python_str(field(document, "output")));
}

template <std::string (*program)(const OrderedJson&, const std::string&), bool reasons>
OrderedJson build(const OrderedJson& responses, const OrderedJson&, const OrderedJson& document) {
  OrderedJson programs = OrderedJson::array();
  for (const OrderedJson& response : responses) {
    check_input(response.is_string(), "a response is not text");
    const std::string text = response.get<std::string>();
    programs.push_back(program(document, reasons ? answer_part(text) : text));
  }
  return programs;
}

std::vector<std::string> pass_at_k(const std::string&, const OrderedJson& predictions) {
  check_input(predictions.is_array(), "the filters left no list of programs");
  return predictions.get<std::vector<std::string>>();
}

OrderedJson list_fewshot_samples_output() {
  return OrderedJson::array(
      {{{"code", "def f(n):\n    return n"}, {"input", "17"}, {"output", "17"}, {"is_fewshot", true}},
       {{"code", "def f(s):\n    return s + \"a\""},
        {"input", "x9j"},
        {"output", "x9ja"},
        {"is_fewshot", true}}});
}

OrderedJson list_fewshot_samples_input() {
  return OrderedJson::array(
      {{{"code",
         "def f(my_list):\n    count = 0\n    for i in my_list:\n        if len(i) % 2 == 0:\n"
         "            count += 1\n    return count"},
        {"input", "[\"mq\", \"px\", \"zy\"]"},
        {"output", "3"},
        {"is_fewshot", true}},
       {{"code", "def f(s1, s2):\n    return s1 + s2"},
        {"input", "\"ba\", \"nana\""},
        {"output", "banana"},
        {"is_fewshot", true}}});
}

constexpr std::string_view sources[] = {"6f78bcd768c1d8a274dbe81ed034317e1ccc31fd72487ffe6986873983004959"};
constexpr NamedSamples samples[] = {{"list_fewshot_samples_output", list_fewshot_samples_output},
                                    {"list_fewshot_samples_input", list_fewshot_samples_input}};
constexpr NamedFilter filters[] = {{"build_predictions_input", {}, build<input_program, false>},
                                   {"build_predictions_input_cot", {}, build<input_program, true>},
                                   {"build_predictions_output", {}, build<output_program, false>},
                                   {"build_predictions_output_cot", {}, build<output_program, true>}};
constexpr NamedExecution executions[] = {{"pass_at_k", pass_at_k}};

}  // namespace

extern const FunctionModule function_module_cruxeval;
const FunctionModule function_module_cruxeval = {
    .name = "cruxeval", .sources = sources, .samples = samples, .filters = filters, .executions = executions};

}  // namespace assay::eval
