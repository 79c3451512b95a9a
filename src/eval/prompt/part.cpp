#include "eval/prompt/part.hpp"

#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

using text::python::is_digits;
using text::python::shortened;
using util::check_input;
using util::OrderedJson;

// A target written as text: digits are an index where there are choices, and [...] a list where Python reads
// one.
OrderedJson typed_target(const std::string& text, bool has_choices) {
  if (has_choices && is_digits(text)) {
    auto value = python_literal(text);
    check_input(value.has_value(), "the target \"{}\" is not a number", shortened(text));
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

void check_rendered_size(std::size_t bytes) {
  check_input(bytes <= max_rendered_bytes,
              "the template makes more than {} MiB of the document; shorten the document or the template",
              max_rendered_bytes >> 20);
}

TextTemplate::TextTemplate(const std::string& text, const std::string& where)
    : template_(text, where, text::task_template_options()) {}

std::string TextTemplate::render(const OrderedJson& document) const {
  std::string text = template_.render(document, OrderedJson::object()).text;
  check_rendered_size(text.size());
  return text;
}

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

PromptPart::~PromptPart() = default;
PromptPart::PromptPart(PromptPart&&) noexcept = default;

OrderedJson PromptPart::value(const OrderedJson& document) const {
  if (function_ != nullptr) return function_(document);
  if (is_field_) return field(document, written_.get_ref<const std::string&>());
  if (template_) return template_->render(document);
  return written_;
}

OrderedJson PromptPart::text(const OrderedJson& document) const {
  OrderedJson value = this->value(document);
  if (template_ && has_choices_ && is_digits(value.get_ref<const std::string&>()))
    return typed_target(value.get<std::string>(), true);
  const bool is_index = value.is_number_integer() && (has_choices_ || !is_field_);
  check_input(value.is_string() || is_index, "{} is {}, which is not text",
              is_field_ ? fmt::format("field \"{}\"", written_.get<std::string>()) : "doc_to_text",
              shortened(python_repr(value)));
  return value;
}

OrderedJson PromptPart::target(const OrderedJson& document) const {
  OrderedJson value = this->value(document);
  return template_ ? typed_target(value.get_ref<const std::string&>(), has_choices_) : value;
}

std::vector<std::string> PromptPart::choices(const OrderedJson& document) const {
  OrderedJson value = this->value(document);
  if (template_) {
    const auto list = python_literal(value.get_ref<const std::string&>());
    check_input(list.has_value(), "the choices {} are not a list", shortened(value.get<std::string>()));
    value = *list;
  }
  return text_list(value);
}

OptionalText::OptionalText(const std::string& written, const std::string& where) : written_(written) {
  if (!written.empty()) template_.emplace(written, where);
}

std::string OptionalText::text(const OrderedJson& document) const {
  if (!template_) return "";
  const auto field = document.find(written_);
  if (field == document.end()) return template_->render(document);
  if (field->is_null()) return "";
  check_input(field->is_string(), "field \"{}\" is not text", written_);
  return field->get<std::string>();
}

}  // namespace assay::eval
