// "value is name": Jinja's tests.
#include <cstdint>

#include "assay/text/python.hpp"
#include "text/jinja/builtins.hpp"

namespace assay::text::jinja {

namespace {

struct NamedPredicate {
  std::string_view name;
  Predicate predicate;
};

const Value& operand(const Arguments& arguments) {
  if (arguments.positional.size() != 1) throw EvaluationError{"the test takes one argument"};
  return arguments.positional[0];
}

std::int64_t integer(const Value& value) {
  Interpreter::require_defined(value);
  if (!value.is_integer()) throw EvaluationError{"the test is for integers, not " + value.type_name()};
  return value.integer();
}

bool is_ordered(const Value& a, const Arguments& arguments, bool less, bool equal_too) {
  const auto order = compare(a, operand(arguments));
  return (order < 0 && less) || (order > 0 && !less) || (order == 0 && equal_too);
}

bool is_case(const Interpreter& interpreter, const Value& value, std::string (*convert)(std::string_view),
             std::string (*other)(std::string_view)) {
  // str.isupper(): some cased character, and none of the other case.
  const std::string text = interpreter.text(value).bytes();
  return convert(text) == text && other(text) != text;
}

constexpr NamedPredicate table[] = {
    {"defined", [](Interpreter&, const Value& v, const Arguments&) { return !v.is<Undefined>(); }},
    {"undefined", [](Interpreter&, const Value& v, const Arguments&) { return v.is<Undefined>(); }},
    {"none", [](Interpreter&, const Value& v, const Arguments&) { return v.is<None>(); }},
    {"boolean", [](Interpreter&, const Value& v, const Arguments&) { return v.is<bool>(); }},
    {"true", [](Interpreter&, const Value& v, const Arguments&) { return v.is<bool>() && v.get<bool>(); }},
    {"false", [](Interpreter&, const Value& v, const Arguments&) { return v.is<bool>() && !v.get<bool>(); }},
    {"integer", [](Interpreter&, const Value& v, const Arguments&) { return v.is<std::int64_t>(); }},
    {"float", [](Interpreter&, const Value& v, const Arguments&) { return v.is<double>(); }},
    {"number", [](Interpreter&, const Value& v, const Arguments&) { return v.is_number(); }},
    {"string", [](Interpreter&, const Value& v, const Arguments&) { return v.is_text(); }},
    {"mapping", [](Interpreter&, const Value& v, const Arguments&) { return v.is<Dict*>(); }},
    {"iterable",
     [](Interpreter& i, const Value& v, const Arguments&) {
       return v.is_text() || v.is<List*>() || v.is<Dict*>() ||
              (v.is<Undefined>() && !i.options().strict_undefined);
     }},
    {"sequence",
     [](Interpreter& i, const Value& v, const Arguments&) {
       return v.is_text() || v.is_sequence() || v.is<Dict*>() ||
              (v.is<Undefined>() && !i.options().strict_undefined);
     }},
    {"callable", [](Interpreter&, const Value& v, const Arguments&) { return v.is<Callable*>(); }},
    {"sameas",
     [](Interpreter&, const Value& v, const Arguments& a) {
       const Value& other = operand(a);
       return v.storage().index() == other.storage().index() && !v.is<double>() && equal(v, other) &&
              (!v.is<List*>() || v.get<List*>() == other.get<List*>()) &&
              (!v.is<Dict*>() || v.get<Dict*>() == other.get<Dict*>());
     }},
    {"odd", [](Interpreter&, const Value& v, const Arguments&) { return integer(v) % 2 != 0; }},
    {"even", [](Interpreter&, const Value& v, const Arguments&) { return integer(v) % 2 == 0; }},
    {"divisibleby",
     [](Interpreter&, const Value& v, const Arguments& a) {
       const std::int64_t divisor = integer(operand(a));
       if (divisor == 0) throw EvaluationError{"division by zero"};
       return divisor == -1 || integer(v) % divisor == 0;
     }},
    {"in", [](Interpreter& i, const Value& v, const Arguments& a) { return i.contains(operand(a), v); }},
    {"lower", [](Interpreter& i, const Value& v,
                 const Arguments&) { return is_case(i, v, python::lower, python::upper); }},
    {"upper", [](Interpreter& i, const Value& v,
                 const Arguments&) { return is_case(i, v, python::upper, python::lower); }},
    {"filter", [](Interpreter&, const Value& v,
                  const Arguments&) { return v.is_text() && find_filter(v.text().bytes()) != nullptr; }},
    {"test", [](Interpreter&, const Value& v,
                const Arguments&) { return v.is_text() && find_test(v.text().bytes()) != nullptr; }},
    {"eq", [](Interpreter&, const Value& v, const Arguments& a) { return equal(v, operand(a)); }},
    {"equalto", [](Interpreter&, const Value& v, const Arguments& a) { return equal(v, operand(a)); }},
    {"==", [](Interpreter&, const Value& v, const Arguments& a) { return equal(v, operand(a)); }},
    {"ne", [](Interpreter&, const Value& v, const Arguments& a) { return !equal(v, operand(a)); }},
    {"!=", [](Interpreter&, const Value& v, const Arguments& a) { return !equal(v, operand(a)); }},
    {"lt", [](Interpreter&, const Value& v, const Arguments& a) { return is_ordered(v, a, true, false); }},
    {"lessthan",
     [](Interpreter&, const Value& v, const Arguments& a) { return is_ordered(v, a, true, false); }},
    {"<", [](Interpreter&, const Value& v, const Arguments& a) { return is_ordered(v, a, true, false); }},
    {"le", [](Interpreter&, const Value& v, const Arguments& a) { return is_ordered(v, a, true, true); }},
    {"<=", [](Interpreter&, const Value& v, const Arguments& a) { return is_ordered(v, a, true, true); }},
    {"gt", [](Interpreter&, const Value& v, const Arguments& a) { return is_ordered(v, a, false, false); }},
    {"greaterthan",
     [](Interpreter&, const Value& v, const Arguments& a) { return is_ordered(v, a, false, false); }},
    {">", [](Interpreter&, const Value& v, const Arguments& a) { return is_ordered(v, a, false, false); }},
    {"ge", [](Interpreter&, const Value& v, const Arguments& a) { return is_ordered(v, a, false, true); }},
    {">=", [](Interpreter&, const Value& v, const Arguments& a) { return is_ordered(v, a, false, true); }},
};

}  // namespace

Predicate find_test(std::string_view name) {
  for (const auto& entry : table) {
    if (entry.name == name) return entry.predicate;
  }
  return nullptr;
}

}  // namespace assay::text::jinja
