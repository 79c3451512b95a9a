// MBPP (Austin et al. 2021): a response, or the first block of code in it, with the problem's assertions is a
// program, as in lm-evaluation-harness's mbpp; with its three shots, which are the dataset's first problems.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;

const std::string& text_of(const OrderedJson& response) {
  check_input(response.is_string(), "a response is not text");
  return response.get_ref<const std::string&>();
}

std::string code_block(const std::string& text) {
  static const PythonRegex block(R"((?s)```(?:\w+)?\n?(.*?)\n?```)");
  // The prompt has opened the first block.
  auto found = block.find_all("```" + text);
  if (found.empty()) found = block.find_all(python::replace_all(text, "```python", "```"));
  return found.empty() ? "" : found[0][1];
}

OrderedJson build_predictions(const OrderedJson& responses, const OrderedJson&, const OrderedJson&) {
  OrderedJson programs = OrderedJson::array();
  for (const OrderedJson& response : responses) programs.push_back(code_block(text_of(response)));
  return programs;
}

std::vector<std::string> pass_at_1(const std::string& reference, const OrderedJson& predictions) {
  std::vector<std::string> programs;
  if (!predictions.is_array()) return {text_of(predictions) + "\n" + reference};
  for (const OrderedJson& prediction : predictions)
    programs.push_back(text_of(prediction) + "\n" + reference);
  return programs;
}

OrderedJson list_fewshot_samples() {
  return OrderedJson::array(
      {{{"task_id", 2},
        {"text", "Write a function to find the similar elements from the given two tuple lists."},
        {"code",
         "def similar_elements(test_tup1, test_tup2):\r\n  res = tuple(set(test_tup1) & set(test_tup2))\r\n"
         "  return (res) "},
        {"test_list",
         {"assert similar_elements((3, 4, 5, 6),(5, 7, 4, 10)) == (4, 5)",
          "assert similar_elements((1, 2, 3, 4),(5, 4, 3, 7)) == (3, 4)",
          "assert similar_elements((11, 12, 14, 13),(17, 15, 14, 13)) == (13, 14)"}},
        {"is_fewshot", true}},
       {{"task_id", 3},
        {"text", "Write a python function to identify non-prime numbers."},
        {"code",
         "import math\r\ndef is_not_prime(n):\r\n    result = False\r\n"
         "    for i in range(2,int(math.sqrt(n)) + 1):\r\n        if n % i == 0:\r\n"
         "            result = True\r\n    return result"},
        {"test_list",
         {"assert is_not_prime(2) == False", "assert is_not_prime(10) == True",
          "assert is_not_prime(35) == True"}},
        {"is_fewshot", true}},
       {{"task_id", 4},
        {"text",
         "Write a function to find the largest integers from a given list of numbers using heap queue "
         "algorithm."},
        {"code",
         "import heapq as hq\r\ndef heap_queue_largest(nums,n):\r\n  largest_nums = hq.nlargest(n, nums)\r\n"
         "  return largest_nums"},
        {"test_list",
         {"assert heap_queue_largest( [25, 35, 22, 85, 14, 65, 75, 22, 58],3)==[85, 75, 65] ",
          "assert heap_queue_largest( [25, 35, 22, 85, 14, 65, 75, 22, 58],2)==[85, 75] ",
          "assert heap_queue_largest( [25, 35, 22, 85, 14, 65, 75, 22, 58],5)==[85, 75, 65, 58, 35]"}},
        {"is_fewshot", true}}});
}

constexpr std::string_view sources[] = {"eecfcc264a63801d4ac478fac80b0f18c3faf16a107baf641a4fd498e81de7df"};
constexpr NamedSamples samples[] = {{"list_fewshot_samples", list_fewshot_samples}};
constexpr NamedFilter filters[] = {{"build_predictions", {}, build_predictions}};
constexpr NamedExecution executions[] = {{"pass_at_1", pass_at_1, false}};

}  // namespace

extern const FunctionModule function_module_mbpp;
const FunctionModule function_module_mbpp = {
    .name = "mbpp", .sources = sources, .samples = samples, .filters = filters, .executions = executions};

}  // namespace assay::eval
