#include "eval/prompt.hpp"

#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/choice.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::fail_input;
using util::OrderedJson;

constexpr std::string_view function_mark = "!function ";

// A target written as text: digits are an index where there are choices, and [...] a list where Python reads
// one.
OrderedJson typed_target(const std::string& text, bool has_choices) {
  if (has_choices && text::python::is_digits(text)) {
    auto value = python_literal(text);
    check_input(value.has_value(), "the target \"{}\" is not a number", text::python::shortened(text));
    return *value;
  }
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    if (auto value = python_literal(text)) return *value;
  }
  return text;
}

std::vector<std::string> text_list(const OrderedJson& value) {
  check_input(value.is_array(), "the choices are not a list");
  std::vector<std::string> choices;
  for (const OrderedJson& choice : value) {
    check_input(choice.is_string(), "a choice is not text");
    choices.push_back(choice.get<std::string>());
  }
  return choices;
}

}  // namespace

PromptPart::PromptPart(const OrderedJson& written, bool has_choices, const Fields& fields,
                       const std::string& where)
    : written_(written), has_choices_(has_choices) {
  if (!written.is_string()) return;
  const auto& text = written.get_ref<const std::string&>();
  if (text.starts_with(function_mark)) {
    const NamedValue* named = find_value(std::string_view(text).substr(function_mark.size()));
    check_input(named != nullptr, "{}: the function \"{}\" is not known", where,
                text.substr(function_mark.size()));
    function_ = named->function;
  } else if (fields.contains(text)) {
    is_field_ = true;
  } else {
    template_.emplace(text, where);
  }
}

const OrderedJson& PromptPart::field(const OrderedJson& document) const {
  const auto& name = written_.get_ref<const std::string&>();
  const auto found = document.find(name);
  check_input(found != document.end(), "the field \"{}\" is missing, which other documents have", name);
  return *found;
}

std::string PromptPart::text(const OrderedJson& document) const {
  if (function_ != nullptr) {
    const OrderedJson value = function_(document);
    check_input(value.is_string(), "the function gives no text");
    return value.get<std::string>();
  }
  if (is_field_) {
    const OrderedJson& value = field(document);
    check_input(value.is_string(), "field \"{}\" is not text", written_.get<std::string>());
    return value.get<std::string>();
  }
  if (!template_) return python_str(written_);
  std::string text = template_->render(document);
  check_input(
      !has_choices_ || !text::python::is_digits(text),
      "doc_to_text gives the number {}, which beside doc_to_choice is the index of a context (multiple "
      "inputs are not supported); put the text itself there",
      text::python::shortened(text));
  return text;
}

OrderedJson PromptPart::target(const OrderedJson& document) const {
  if (function_ != nullptr) return function_(document);
  if (is_field_) return field(document);
  if (!template_) return written_;
  // A list goes through text in lm-eval and comes back the same.
  if (template_->is_expression()) {
    OrderedJson value = template_->value(document);
    if (value.is_array()) return value;
    return typed_target(python_str(value), has_choices_);
  }
  return typed_target(template_->render(document), has_choices_);
}

std::vector<std::string> PromptPart::choices(const OrderedJson& document) const {
  if (is_field_) return text_list(field(document));
  if (!template_) return text_list(written_);
  OrderedJson value =
      template_->is_expression() ? template_->value(document) : OrderedJson(template_->render(document));
  if (value.is_string()) {
    const auto list = python_literal(value.get_ref<const std::string&>());
    check_input(list.has_value(), "the choices are not a list");
    value = *list;
  }
  return text_list(value);
}

ShotFormat::ShotFormat(const TaskConfig& task, const Fields& fields)
    : text(task.fewshot.doc_to_text, !task.doc_to_choice.is_null(), fields, task.file.string()),
      target(task.fewshot.doc_to_target, !task.doc_to_choice.is_null(), fields, task.file.string()),
      target_delimiter(task.fewshot.target_delimiter),
      fewshot_delimiter(task.fewshot.fewshot_delimiter) {
  if (!task.fewshot.doc_to_choice.is_null())
    choices.emplace(task.fewshot.doc_to_choice, true, fields, task.file.string());
}

std::string ShotFormat::render(const OrderedJson& document) const {
  const std::string question = text.text(document);
  OrderedJson answer = target.target(document);
  // No answer: lm-eval then writes neither delimiter.
  if (answer.is_null() || answer == "") return question;
  if (choices && as_index(answer)) {
    const std::vector<std::string> all = choices->choices(document);
    const auto index = gold_index(answer, all);
    check_input(index.has_value(), "answer {} is outside its {} choices", *as_index(answer), all.size());
    answer = all[*index];
  } else if (answer.is_array()) {
    check_input(!answer.empty(), "the list of answers is empty");
    answer = OrderedJson(answer[0]);
  }
  check_input(answer.is_string(), "the answer {} of a few-shot example is not text",
              text::python::shortened(python_repr(answer)));
  return question + target_delimiter + answer.get<std::string>() + fewshot_delimiter;
}

}  // namespace assay::eval
