#include "eval/gpqa_document.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/function_module.hpp"
#include "eval/python_random.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;
using util::OrderedJson;

std::string option_text(const OrderedJson& document, std::string_view name, GpqaMarkup markup) {
  static const PythonRegex brackets(R"(\[.*?\])");
  if (field(document, name).is_null()) return " ";
  std::string text = python::replace_all(python::strip(text_field(document, name)), " [title]", ". ");
  if (markup == GpqaMarkup::removed)
    text = brackets.substitute(text, [](const PythonRegex::Groups&) { return std::string(); });
  return python::replace_all(text, "  ", " ");
}

}  // namespace

void set_gpqa_options(OrderedJson& document, PythonRandom& random, GpqaMarkup markup, GpqaChoices choices) {
  const std::array<std::string, 4> given = {option_text(document, "Incorrect Answer 1", markup),
                                            option_text(document, "Incorrect Answer 2", markup),
                                            option_text(document, "Incorrect Answer 3", markup),
                                            option_text(document, "Correct Answer", markup)};
  std::array<std::size_t, 4> order{};
  random.shuffle(order);
  std::array<std::string, 4> options;
  for (std::size_t i = 0; i < options.size(); ++i) options[i] = given[order[i]];
  for (std::size_t i = 0; i < options.size(); ++i) document[fmt::format("choice{}", i + 1)] = options[i];
  if (choices == GpqaChoices::also_listed) document["choices"] = options;
  const auto right = std::ranges::find(options, given[3]) - options.begin();
  document["answer"] = fmt::format("({})", static_cast<char>('A' + right));
}

}  // namespace assay::eval
