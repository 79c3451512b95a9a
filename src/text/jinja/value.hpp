// Values of a template, with Python's meaning of them: truth, equality, order, str() and repr().
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "text/jinja/marked_text.hpp"

namespace assay::text::jinja {

class Value;
class Interpreter;

/// What a failing operation throws; the interpreter adds where in the template it was.
struct EvaluationError {
  std::string message;
};

/// Arguments of a call: positional ones, then named ones in the order written.
struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
};

struct List;
struct Dict;
struct Namespace;
struct Callable;

/// A missing name or key. `description` says what was looked for, for errors.
/// `lenient`: nothing, even where missing names are errors (an inline if without else).
struct Undefined {
  std::string description;
  bool lenient = false;
};
struct None {};

/// Python's value semantics: text, numbers and tuples are values; lists, dictionaries and namespaces are
/// shared and live as long as the Heap that made them.
class Value {
 public:
  using Text = std::shared_ptr<const MarkedText>;
  using Storage =
      std::variant<Undefined, None, bool, std::int64_t, double, Text, List*, Dict*, Namespace*, Callable*>;

  Value() : data_(None{}) {}
  Value(None none) : data_(none) {}                                                       // NOLINT
  Value(Undefined undefined) : data_(std::move(undefined)) {}                             // NOLINT
  Value(bool value) : data_(value) {}                                                     // NOLINT
  Value(std::int64_t value) : data_(value) {}                                             // NOLINT
  Value(double value) : data_(value) {}                                                   // NOLINT
  Value(MarkedText text) : data_(std::make_shared<const MarkedText>(std::move(text))) {}  // NOLINT
  Value(std::string text) : Value(MarkedText(std::move(text))) {}                         // NOLINT
  Value(const char* text) : Value(std::string(text)) {}                                   // NOLINT
  Value(List* list) : data_(list) {}                                                      // NOLINT
  Value(Dict* dict) : data_(dict) {}                                                      // NOLINT
  Value(Namespace* names) : data_(names) {}                                               // NOLINT
  Value(Callable* callable) : data_(callable) {}                                          // NOLINT

  template <class T>
  [[nodiscard]] bool is() const {
    return std::holds_alternative<T>(data_);
  }
  template <class T>
  [[nodiscard]] const T& get() const {
    return std::get<T>(data_);
  }

  [[nodiscard]] bool is_text() const { return is<Text>(); }
  /// A list or a tuple, but no generator.
  [[nodiscard]] bool is_sequence() const;
  /// int, or bool, which is one in Python.
  [[nodiscard]] bool is_integer() const { return is<std::int64_t>() || is<bool>(); }
  [[nodiscard]] bool is_number() const { return is_integer() || is<double>(); }
  [[nodiscard]] const MarkedText& text() const { return *get<Text>(); }
  [[nodiscard]] std::int64_t integer() const {
    return is<bool>() ? (get<bool>() ? 1 : 0) : get<std::int64_t>();
  }
  [[nodiscard]] double number() const {
    return is<double>() ? get<double>() : static_cast<double>(integer());
  }
  /// Python's name of the type: "str", "int", "list", ...
  [[nodiscard]] std::string type_name() const;
  [[nodiscard]] const Storage& storage() const { return data_; }

 private:
  Storage data_;
};

/// A list, or a tuple, which nothing changes, or what a generator would yield, which has neither length nor
/// text.
struct List {
  std::vector<Value> items;
  bool tuple = false;
  bool generator = false;
};

/// A dictionary: keys of any hashable kind, in order of insertion.
struct Dict {
  [[nodiscard]] const Value* find(const Value& key) const;
  void set(const Value& key, const Value& value);
  /// False if the key is not there.
  bool erase(const Value& key);

  std::vector<std::pair<Value, Value>> items;

 private:
  std::map<std::string, std::size_t, std::less<>> index_;  // by an encoding of the key
};

struct Namespace {
  std::map<std::string, Value, std::less<>> names;
};

struct Callable {
  std::string name;
  std::function<Value(Interpreter&, const Arguments&)> call;
  /// Read-only attributes (a macro's name, a loop's counters).
  std::function<Value(std::string_view)> attribute;
};

/// Owns what values point to, until the rendering ends: cycles are no leaks. The budget counts what is made.
class Heap {
 public:
  [[nodiscard]] List* list(std::vector<Value> items = {}, bool tuple = false);
  [[nodiscard]] Dict* dict();
  [[nodiscard]] Namespace* names();
  [[nodiscard]] Callable* callable(Callable callable);

 private:
  std::deque<List> lists_;
  std::deque<Dict> dicts_;
  std::deque<Namespace> namespaces_;
  std::deque<Callable> callables_;
};

[[nodiscard]] bool truth(const Value& value);
/// a == b. Numbers compare across their types; lists and dictionaries by content.
[[nodiscard]] bool equal(const Value& a, const Value& b);
/// Python's order; throws EvaluationError for types that have none between them.
[[nodiscard]] std::weak_ordering compare(const Value& a, const Value& b);
/// str(value) and repr(value). Marks of text are kept.
[[nodiscard]] MarkedText to_text(const Value& value);
[[nodiscard]] MarkedText to_repr(const Value& value);
/// Whether the value can be a key: everything but lists, dictionaries and what holds them.
[[nodiscard]] bool is_hashable(const Value& value);
/// Encodes a hashable value, equal values alike; throws EvaluationError for a list or a dictionary.
[[nodiscard]] std::string hash_key(const Value& value);

}  // namespace assay::text::jinja
