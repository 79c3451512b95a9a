// Filters that apply a filter, a test or an attribute to every item: map, select, reject, selectattr,
// rejectattr, attr.
#include <string>
#include <utility>
#include <vector>

#include "text/jinja/attribute_path.hpp"
#include "text/jinja/builtins.hpp"

namespace assay::text::jinja {

namespace {

// Jinja's select, map and their like take anything false for an empty sequence.
std::vector<Value> items_or_none(Interpreter& interpreter, const Value& subject) {
  return interpreter.truth(subject) ? interpreter.items(subject) : std::vector<Value>();
}

Value generator(Interpreter& interpreter, std::vector<Value> items) {
  List* const out = interpreter.heap().list(std::move(items));
  out->generator = true;
  return out;
}

// The arguments after the first `count` positional ones.
Arguments rest(const Arguments& arguments, std::size_t count) {
  Arguments out;
  out.positional.assign(arguments.positional.begin() + static_cast<std::ptrdiff_t>(count),
                        arguments.positional.end());
  out.named = arguments.named;
  return out;
}

std::string name_argument(const Arguments& arguments, std::size_t at, std::string_view function) {
  if (at >= arguments.positional.size() || !arguments.positional[at].is_text()) {
    throw EvaluationError{std::string(function) + " takes a name"};
  }
  return arguments.positional[at].text().bytes();
}

Value map(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  std::vector<Value> out;
  if (arguments.positional.empty()) {
    const auto bound = bind("map", arguments, {"attribute", "default"});
    if (!bound[0]) throw EvaluationError{"map requires a filter argument"};
    for (const Value& value : items_or_none(interpreter, subject)) {
      Value found = attribute_path(interpreter, value, *bound[0]);
      if (found.is<Undefined>() && bound[1]) found = *bound[1];
      out.push_back(std::move(found));
    }
  } else {
    const std::string name = name_argument(arguments, 0, "map");
    const Arguments others = rest(arguments, 1);
    for (const Value& value : items_or_none(interpreter, subject))
      out.push_back(interpreter.filter(name, value, others));
  }
  return generator(interpreter, std::move(out));
}

template <bool keep, bool by_attribute>
Value select(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const std::size_t skipped = by_attribute ? 1 : 0;
  if (by_attribute && arguments.positional.empty())
    throw EvaluationError{"Missing parameter for attribute name"};
  const bool has_test = arguments.positional.size() > skipped;
  const std::string name = has_test ? name_argument(arguments, skipped, "select") : "";
  const Arguments others = has_test ? rest(arguments, skipped + 1) : Arguments();
  std::vector<Value> out;
  for (const Value& value : items_or_none(interpreter, subject)) {
    const Value tested = by_attribute ? attribute_path(interpreter, value, arguments.positional[0]) : value;
    if ((has_test ? interpreter.test(name, tested, others) : interpreter.truth(tested)) == keep)
      out.push_back(value);
  }
  return generator(interpreter, std::move(out));
}

Value attr(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const std::string name = name_argument(arguments, 0, "attr");
  // Attributes alone, not the items of a dictionary.
  if (!subject.is<Dict*>()) return interpreter.member(subject, name);
  if (find_dict_method(name) != nullptr) return interpreter.member(subject, name);
  return Undefined{"'dict object' has no attribute '" + name + "'"};
}

constexpr NamedFunction table[] = {
    {"attr", attr},
    {"map", map},
    {"reject", select<false, false>},
    {"rejectattr", select<false, true>},
    {"select", select<true, false>},
    {"selectattr", select<true, true>},
};

}  // namespace

Function find_selection_filter(std::string_view name) {
  return find_function(table, name);
}

Function find_filter(std::string_view name) {
  if (const Function function = find_text_filter(name)) return function;
  if (const Function function = find_sequence_filter(name)) return function;
  return find_selection_filter(name);
}

}  // namespace assay::text::jinja
