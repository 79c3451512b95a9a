// Methods of list, tuple and dict.
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "text/jinja/builtins.hpp"

namespace assay::text::jinja {

namespace {

List& list_of(const Value& self) {
  return *self.get<List*>();
}
Dict& dict_of(const Value& self) {
  return *self.get<Dict*>();
}

Value required(const std::vector<std::optional<Value>>& bound, std::size_t at, std::string_view function) {
  if (!bound[at]) throw EvaluationError{std::string(function) + "() lacks an argument"};
  return *bound[at];
}

// A list grows: its heap's limit counts what it takes in.
void grow(Interpreter& interpreter, std::size_t items) {
  (void)interpreter.heap().list(std::vector<Value>(items));
}

Value append(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  grow(interpreter, 1);
  list_of(self).items.push_back(required(bind("append", arguments, {"object"}), 0, "append"));
  return None{};
}

Value extend(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  const auto more = interpreter.items(required(bind("extend", arguments, {"iterable"}), 0, "extend"));
  grow(interpreter, more.size());
  auto& items = list_of(self).items;
  items.insert(items.end(), more.begin(), more.end());
  return None{};
}

std::int64_t integer(const Value& value, std::string_view function) {
  if (!value.is_integer())
    throw EvaluationError{std::string(function) + "() takes an integer, not " + value.type_name()};
  return value.integer();
}

Value insert(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  const auto bound = bind("insert", arguments, {"index", "object"});
  grow(interpreter, 1);
  auto& items = list_of(self).items;
  const auto size = static_cast<std::int64_t>(items.size());
  std::int64_t at = integer(required(bound, 0, "insert"), "insert");
  if (at < 0) at = std::max<std::int64_t>(at + size, 0);
  items.insert(items.begin() + std::min(at, size), required(bound, 1, "insert"));
  return None{};
}

Value pop_item(Interpreter&, const Value& self, const Arguments& arguments) {
  const auto bound = bind("pop", arguments, {"index"});
  auto& items = list_of(self).items;
  std::int64_t at = bound[0] ? integer(*bound[0], "pop") : -1;
  if (at < 0) at += static_cast<std::int64_t>(items.size());
  if (at < 0 || at >= static_cast<std::int64_t>(items.size()))
    throw EvaluationError{"pop index out of range"};
  Value out = std::move(items[static_cast<std::size_t>(at)]);
  items.erase(items.begin() + at);
  return out;
}

Value index(Interpreter&, const Value& self, const Arguments& arguments) {
  const Value wanted = required(bind("index", arguments, {"value"}), 0, "index");
  const auto& items = list_of(self).items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (equal(items[i], wanted)) return static_cast<std::int64_t>(i);
  }
  throw EvaluationError{to_repr(wanted).bytes() + " is not in list"};
}

Value count(Interpreter&, const Value& self, const Arguments& arguments) {
  const Value wanted = required(bind("count", arguments, {"value"}), 0, "count");
  const auto& items = list_of(self).items;
  return static_cast<std::int64_t>(
      std::count_if(items.begin(), items.end(), [&](const Value& one) { return equal(one, wanted); }));
}

Value copy_list(Interpreter& interpreter, const Value& self, const Arguments&) {
  return interpreter.heap().list(list_of(self).items);
}

Value reverse(Interpreter&, const Value& self, const Arguments&) {
  std::reverse(list_of(self).items.begin(), list_of(self).items.end());
  return None{};
}

Value sort(Interpreter&, const Value& self, const Arguments& arguments) {
  const auto bound = bind("sort", arguments, {"reverse"});
  auto items = list_of(self).items;  // a comparison that throws leaves the list alone
  const bool descending = bound[0] && truth(*bound[0]);
  std::stable_sort(items.begin(), items.end(), [&](const Value& a, const Value& b) {
    return descending ? compare(a, b) > 0 : compare(a, b) < 0;
  });
  list_of(self).items = std::move(items);
  return None{};
}

Value clear_list(Interpreter&, const Value& self, const Arguments&) {
  list_of(self).items.clear();
  return None{};
}

Value get(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  const auto bound = bind("get", arguments, {"key", "default"});
  if (bound[0]) interpreter.check_strictly(*bound[0]);
  if (const Value* value = dict_of(self).find(required(bound, 0, "get"))) return *value;
  return bound[1] ? *bound[1] : Value();
}

Value keys(Interpreter& interpreter, const Value& self, const Arguments&) {
  return interpreter.heap().list(interpreter.items(self));
}

Value values(Interpreter& interpreter, const Value& self, const Arguments&) {
  std::vector<Value> out;
  for (const auto& entry : dict_of(self).items) out.push_back(entry.second);
  return interpreter.heap().list(std::move(out));
}

Value pairs(Interpreter& interpreter, const Value& self, const Arguments&) {
  std::vector<Value> out;
  for (const auto& [key, value] : dict_of(self).items)
    out.emplace_back(interpreter.heap().list({key, value}, true));
  return interpreter.heap().list(std::move(out));
}

Value pop_key(Interpreter&, const Value& self, const Arguments& arguments) {
  const auto bound = bind("pop", arguments, {"key", "default"});
  const Value key = required(bound, 0, "pop");
  if (const Value* found = dict_of(self).find(key)) {
    Value out = *found;
    dict_of(self).erase(key);
    return out;
  }
  if (!bound[1]) throw EvaluationError{"no key " + to_repr(key).bytes()};
  return *bound[1];
}

Value update(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  if (arguments.positional.size() > 1) throw EvaluationError{"update() takes at most one argument"};
  if (!arguments.positional.empty()) {
    if (!arguments.positional[0].is<Dict*>()) throw EvaluationError{"update() takes a dictionary"};
    const auto more = dict_of(arguments.positional[0]).items;
    grow(interpreter, more.size());
    for (const auto& [key, value] : more) dict_of(self).set(key, value);
  }
  grow(interpreter, arguments.named.size());
  for (const auto& [name, value] : arguments.named) dict_of(self).set(Value(name), value);
  return None{};
}

Value set_default(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  const auto bound = bind("setdefault", arguments, {"key", "default"});
  const Value key = required(bound, 0, "setdefault");
  if (const Value* found = dict_of(self).find(key)) return *found;
  grow(interpreter, 1);
  dict_of(self).set(key, bound[1] ? *bound[1] : Value());
  return *dict_of(self).find(key);
}

Value copy_dict(Interpreter& interpreter, const Value& self, const Arguments&) {
  Dict* const out = interpreter.heap().dict();
  grow(interpreter, dict_of(self).items.size());
  *out = dict_of(self);
  return out;
}

Value clear_dict(Interpreter&, const Value& self, const Arguments&) {
  dict_of(self) = {};
  return None{};
}

constexpr NamedFunction list_methods[] = {
    {"append", append}, {"extend", extend},  {"insert", insert},   {"pop", pop_item}, {"index", index},
    {"count", count},   {"copy", copy_list}, {"reverse", reverse}, {"sort", sort},    {"clear", clear_list},
};
constexpr NamedFunction tuple_methods[] = {{"index", index}, {"count", count}};
constexpr NamedFunction dict_methods[] = {
    {"get", get},          {"keys", keys},     {"values", values},  {"items", pairs},
    {"pop", pop_key},      {"update", update}, {"copy", copy_dict}, {"setdefault", set_default},
    {"clear", clear_dict},
};

}  // namespace

Function find_list_method(std::string_view name, bool tuple) {
  return tuple ? find_function(tuple_methods, name) : find_function(list_methods, name);
}

Function find_dict_method(std::string_view name) {
  return find_function(dict_methods, name);
}

bool is_mutating(std::string_view method) {
  for (const std::string_view name :
       {"append", "extend", "insert", "pop", "reverse", "sort", "clear", "update", "setdefault"}) {
    if (method == name) return true;
  }
  return false;
}

}  // namespace assay::text::jinja
