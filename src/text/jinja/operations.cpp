// Operators, attribute access and conversions of the interpreter: Python's, within limits.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "assay/text/python.hpp"
#include "text/jinja/budget.hpp"
#include "text/jinja/builtins.hpp"
#include "text/jinja/formatting.hpp"
#include "text/jinja/interpreter.hpp"
#include "text/jinja/text_operations.hpp"

namespace assay::text::jinja {

namespace {

// What copying one item costs.
constexpr std::size_t item_work = 8;

// What an operation on a value costs, before what it makes: it may read all of its texts.
std::size_t work_of(const Value& subject, const Arguments& arguments) {
  std::size_t out = subject.is_text() ? subject.text().size() : 0;
  for (const Value& value : arguments.positional) out += value.is_text() ? value.text().size() : 0;
  return out;
}

[[noreturn]] void fail_operands(std::string_view symbol, const Value& left, const Value& right) {
  throw EvaluationError{"unsupported operand type(s) for " + std::string(symbol) + ": '" + left.type_name() +
                        "' and '" + right.type_name() + "'"};
}

[[noreturn]] void fail_overflow() {
  throw EvaluationError{"the integer is too large (beyond 64 bits)"};
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  if (b == -1 && a == INT64_MIN) fail_overflow();
  const std::int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

double floor_remainder(double a, double b) {
  const double remainder = std::fmod(a, b);
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

Value power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) throw EvaluationError{"0 cannot be raised to a negative power"};
    return std::pow(static_cast<double>(base), static_cast<double>(exponent));
  }
  std::int64_t out = 1;
  while (exponent > 0) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(out, base, &out)) fail_overflow();
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) fail_overflow();
  }
  return out;
}

Value integer_arithmetic(std::string_view symbol, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  if (symbol == "+") {
    if (__builtin_add_overflow(a, b, &out)) fail_overflow();
    return out;
  }
  if (symbol == "-") {
    if (__builtin_sub_overflow(a, b, &out)) fail_overflow();
    return out;
  }
  if (symbol == "*") {
    if (__builtin_mul_overflow(a, b, &out)) fail_overflow();
    return out;
  }
  if (symbol == "**") return power(a, b);
  if (b == 0) throw EvaluationError{"division by zero"};
  if (symbol == "/") return static_cast<double>(a) / static_cast<double>(b);
  if (symbol == "//") return floor_divide(a, b);
  return a - floor_divide(a, b) * b;
}

Value float_arithmetic(std::string_view symbol, double a, double b) {
  if (symbol == "+") return a + b;
  if (symbol == "-") return a - b;
  if (symbol == "*") return a * b;
  if (symbol == "**") return std::pow(a, b);
  if (b == 0) throw EvaluationError{"float division by zero"};
  if (symbol == "/") return a / b;
  if (symbol == "//") return std::floor(a / b);
  return floor_remainder(a, b);
}

}  // namespace

void Interpreter::require_defined(const Value& value) {
  if (value.is<Undefined>()) throw EvaluationError{value.get<Undefined>().description};
}

void Interpreter::check_strictly(const Value& value) const {
  if (options_.strict_undefined && value.is<Undefined>() && !value.get<Undefined>().lenient)
    require_defined(value);
}

bool Interpreter::truth(const Value& value) const {
  check_strictly(value);
  return jinja::truth(value);
}

MarkedText Interpreter::text(const Value& value) const {
  check_strictly(value);
  return to_text(value);
}

std::vector<Value> Interpreter::items(const Value& value) const {
  if (value.is<List*>()) {
    Budget::work(item_work * value.get<List*>()->items.size());
    return value.get<List*>()->items;
  }
  std::vector<Value> out;
  if (value.is<Dict*>()) {
    Budget::work(item_work * value.get<Dict*>()->items.size());
    for (const auto& entry : value.get<Dict*>()->items) out.push_back(entry.first);
  } else if (value.is_text()) {
    const MarkedText& text = value.text();
    // A character alone takes a hundred bytes.
    if (text.size() > options_.limits.max_values / 4)
      throw EvaluationError{"the text has too many characters to go through"};
    Budget::work(item_work * text.size());
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at + 1;
      while (end < text.size() && (static_cast<unsigned char>(text.bytes()[end]) & 0xC0) == 0x80) ++end;
      out.emplace_back(text.substr(at, end - at));
      at = end;
    }
  } else if (value.is<Undefined>()) {
    check_strictly(value);
  } else {
    throw EvaluationError{"'" + value.type_name() + "' object is not iterable"};
  }
  return out;
}

Value Interpreter::arithmetic(std::string_view symbol, const Value& left, const Value& right) {
  if (symbol == "~") {
    MarkedText out = text(left);
    out.append(text(right));
    return make(std::move(out));
  }
  require_defined(left);
  if (symbol == "%" && left.is_text()) return make(format_percent(left.text(), right));
  require_defined(right);
  if (left.is_integer() && right.is_integer())
    return integer_arithmetic(symbol, left.integer(), right.integer());
  if (left.is_number() && right.is_number()) return float_arithmetic(symbol, left.number(), right.number());
  if (symbol == "+" && left.is_text() && right.is_text()) {
    const bool markup = left.text().markup() || right.text().markup();
    MarkedText out = markup ? escape_html(left.text()) : left.text();
    out.append(markup ? escape_html(right.text()) : right.text());
    if (markup) out.set_markup();
    return make(std::move(out));
  }
  if (symbol == "+" && left.is<List*>() && right.is<List*>() &&
      left.get<List*>()->tuple == right.get<List*>()->tuple) {
    std::vector<Value> out = left.get<List*>()->items;
    const auto& more = right.get<List*>()->items;
    out.insert(out.end(), more.begin(), more.end());
    return heap_.list(std::move(out), left.get<List*>()->tuple);
  }
  if (symbol == "*" && right.is_integer() && (left.is_text() || left.is<List*>())) {
    const auto times = static_cast<std::size_t>(std::max<std::int64_t>(right.integer(), 0));
    if (left.is_text()) {
      if (times > 0 && left.text().size() > options_.limits.max_text_bytes / times)
        throw EvaluationError{"the template makes too much text"};
      MarkedText out;
      Budget::text(left.text().size() * times);
      for (std::size_t i = 0; i < times && !left.text().empty(); ++i) out.append(left.text());
      return make(std::move(out));
    }
    const List& list = *left.get<List*>();
    if (times > 0 && list.items.size() > options_.limits.max_values / times) {
      throw EvaluationError{"the template makes too many values"};
    }
    std::vector<Value> out;
    for (std::size_t i = 0; i < times && !list.items.empty(); ++i) {
      out.insert(out.end(), list.items.begin(), list.items.end());
    }
    return heap_.list(std::move(out), list.tuple);
  }
  if (symbol == "*" && left.is_integer() && (right.is_text() || right.is<List*>()))
    return arithmetic(symbol, right, left);
  fail_operands(symbol, left, right);
}

bool Interpreter::contains(const Value& container, const Value& value) const {
  if (container.is<Dict*>()) check_strictly(value);
  if (container.is<Dict*>()) return container.get<Dict*>()->find(value) != nullptr;
  if (container.is_text()) {
    if (!value.is_text()) {
      throw EvaluationError{"'in <string>' requires string as left operand, not " + value.type_name()};
    }
    Budget::work(container.text().size() + value.text().size());
    return find_first(container.text().bytes(), value.text().bytes()) != std::string::npos;
  }
  const std::vector<Value> all = items(container);
  return std::any_of(all.begin(), all.end(), [&](const Value& one) { return equal(one, value); });
}

bool Interpreter::compare(std::string_view symbol, const Value& left, const Value& right) const {
  if (symbol == "in") return contains(right, left);
  if (symbol == "not in") return !contains(right, left);
  if (symbol == "==" || symbol == "!=") {
    check_strictly(left);
    check_strictly(right);
    return equal(left, right) == (symbol == "==");
  }
  require_defined(left);
  require_defined(right);
  const auto nan = [](const Value& value) { return value.is<double>() && std::isnan(value.get<double>()); };
  const auto order = jinja::compare(left, right);
  if (nan(left) || nan(right)) return false;
  if (symbol == "<") return order < 0;
  if (symbol == "<=") return order <= 0;
  if (symbol == ">") return order > 0;
  return order >= 0;
}

namespace {

// A method of a value as a value itself; nullopt if it has none of that name.
std::optional<Value> bound_method(Interpreter& interpreter, const Value& object, const std::string& name) {
  Function method = nullptr;
  if (object.is_text()) method = find_text_method(name);
  if (object.is_sequence()) method = find_list_method(name, object.get<List*>()->tuple);
  if (object.is<Dict*>()) method = find_dict_method(name);
  if (method == nullptr) return std::nullopt;
  if (interpreter.options().sandboxed && !object.is_text() && is_mutating(name)) {
    return Value(
        Undefined{"access to attribute '" + name + "' of '" + object.type_name() + "' object is unsafe"});
  }
  return Value(interpreter.heap().callable({name,
                                            [object, method](Interpreter& self, const Arguments& arguments) {
                                              Budget::work(work_of(object, arguments));
                                              return method(self, object, arguments);
                                            },
                                            {}}));
}

}  // namespace

Value Interpreter::member(const Value& object, const std::string& name) {
  require_defined(object);
  if (object.is<Namespace*>()) {
    const auto& names = object.get<Namespace*>()->names;
    const auto at = names.find(name);
    if (at != names.end()) return at->second;
  } else if (object.is<Callable*>()) {
    const Callable& callable = *object.get<Callable*>();
    if (callable.attribute) return callable.attribute(name);
  } else if (auto method = bound_method(*this, object, name)) {
    return *method;
  } else if (object.is<Dict*>()) {
    if (const Value* value = object.get<Dict*>()->find(Value(name))) return *value;
  }
  return Undefined{"'" + object.type_name() + " object' has no attribute '" + name + "'"};
}

Value Interpreter::item(const Value& object, const Value& key) {
  require_defined(object);
  if (object.is<Dict*>()) {
    check_strictly(key);
    const Value* const value = is_hashable(key) ? object.get<Dict*>()->find(key) : nullptr;
    if (value != nullptr) return *value;
  } else if (key.is_integer() && object.is_sequence()) {
    const auto& all = object.get<List*>()->items;
    const std::int64_t at =
        key.integer() < 0 ? key.integer() + static_cast<std::int64_t>(all.size()) : key.integer();
    if (at >= 0 && at < static_cast<std::int64_t>(all.size())) return all[static_cast<std::size_t>(at)];
  } else if (key.is_integer() && object.is_text()) {
    Budget::work(object.text().size());
    const auto size = static_cast<std::int64_t>(python::length(object.text().bytes()));
    const std::int64_t at = key.integer() < 0 ? key.integer() + size : key.integer();
    if (at >= 0 && at < size) return make(slice_text(object.text(), at, at + 1, 1));
  }
  // Jinja falls back to attributes: {}['items'] is the method.
  if (key.is_text()) return member(object, key.text().bytes());
  return Undefined{"'" + object.type_name() + " object' has no element " + to_repr(key).bytes()};
}

Value Interpreter::call(const Value& callee, const Arguments& arguments) {
  require_defined(callee);
  if (!callee.is<Callable*>() || !callee.get<Callable*>()->call) {
    throw EvaluationError{"'" + callee.type_name() + "' object is not callable"};
  }
  return callee.get<Callable*>()->call(*this, arguments);
}

Value Interpreter::filter(std::string_view name, const Value& subject, const Arguments& arguments) {
  const Function function = find_filter(name);
  if (function == nullptr) throw EvaluationError{"no filter is named '" + std::string(name) + "'"};
  const Depth depth;
  Budget::work(work_of(subject, arguments));
  return function(*this, subject, arguments);
}

bool Interpreter::test(std::string_view name, const Value& subject, const Arguments& arguments) {
  const Predicate predicate = find_test(name);
  if (predicate == nullptr) throw EvaluationError{"no test is named '" + std::string(name) + "'"};
  const Depth depth;
  Budget::work(work_of(subject, arguments));
  return predicate(*this, subject, arguments);
}

std::vector<std::optional<Value>> bind(std::string_view function, const Arguments& arguments,
                                       std::initializer_list<std::string_view> parameters) {
  std::vector<std::optional<Value>> out(parameters.size());
  if (arguments.positional.size() > parameters.size()) {
    throw EvaluationError{std::string(function) + "() takes at most " + std::to_string(parameters.size()) +
                          " argument(s), not " + std::to_string(arguments.positional.size())};
  }
  std::copy(arguments.positional.begin(), arguments.positional.end(), out.begin());
  for (const auto& [name, value] : arguments.named) {
    const auto at = std::find(parameters.begin(), parameters.end(), name);
    if (at == parameters.end()) {
      throw EvaluationError{std::string(function) + "() got an unexpected keyword argument '" + name + "'"};
    }
    auto& slot = out[static_cast<std::size_t>(at - parameters.begin())];
    if (slot) throw EvaluationError{std::string(function) + "() got two values for argument '" + name + "'"};
    slot = value;
  }
  return out;
}

}  // namespace assay::text::jinja
