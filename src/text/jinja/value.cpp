#include "text/jinja/value.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "assay/text/python.hpp"
#include "text/jinja/budget.hpp"

namespace assay::text::jinja {

namespace {

// What looking at one value costs, beside its text.
constexpr std::size_t value_work = 16;

// An int and a double compare by their exact values, as Python's do.
std::partial_ordering compare_exactly(std::int64_t a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= 0x1p63) return std::partial_ordering::less;
  if (b < -0x1p63) return std::partial_ordering::greater;
  const double whole = std::floor(b);
  const auto order = a <=> static_cast<std::int64_t>(whole);
  return order == 0 && whole < b ? std::partial_ordering::less : std::partial_ordering(order);
}

std::partial_ordering compare_numbers(const Value& a, const Value& b) {
  if (a.is_integer() && b.is_integer()) return a.integer() <=> b.integer();
  if (a.is_integer()) return compare_exactly(a.integer(), b.number());
  if (b.is_integer()) return 0 <=> compare_exactly(b.integer(), a.number());
  return a.number() <=> b.number();
}

void append_repr(const Value& value, MarkedText& out);

void append_items(const List& list, MarkedText& out) {
  out.append(list.tuple ? "(" : "[");
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    if (i > 0) out.append(", ");
    append_repr(list.items[i], out);
  }
  if (list.tuple && list.items.size() == 1) out.append(",");
  out.append(list.tuple ? ")" : "]");
}

void append_items(const Dict& dict, MarkedText& out) {
  out.append("{");
  bool first = true;
  for (const auto& [key, item] : dict.items) {
    if (!first) out.append(", ");
    first = false;
    append_repr(key, out);
    out.append(": ");
    append_repr(item, out);
  }
  out.append("}");
}

void append_repr(const Value& value, MarkedText& out) {
  const Depth depth;
  Budget::work(value_work + (value.is_text() ? value.text().size() : 0));
  if (value.is_text()) {
    out.append(value.text().replaced_by(python::repr(value.text().bytes())));
  } else if (value.is_sequence()) {
    append_items(*value.get<List*>(), out);
  } else if (value.is<Dict*>()) {
    append_items(*value.get<Dict*>(), out);
  } else if (value.is<None>()) {
    out.append("None");
  } else if (value.is<bool>()) {
    out.append(value.get<bool>() ? "True" : "False");
  } else if (value.is<std::int64_t>()) {
    out.append(std::to_string(value.integer()));
  } else if (value.is<double>()) {
    out.append(python::repr(value.get<double>()));
  } else if (value.is<Undefined>()) {
    out.append("Undefined");
  } else {
    out.append("<" + value.type_name() + ">");
  }
}

}  // namespace

std::string Value::type_name() const {
  struct Name {
    std::string operator()(const Undefined&) const { return "Undefined"; }
    std::string operator()(const None&) const { return "NoneType"; }
    std::string operator()(bool) const { return "bool"; }
    std::string operator()(std::int64_t) const { return "int"; }
    std::string operator()(double) const { return "float"; }
    std::string operator()(const Text&) const { return "str"; }
    std::string operator()(const List* list) const {
      return list->generator ? "generator" : list->tuple ? "tuple" : "list";
    }
    std::string operator()(const Dict*) const { return "dict"; }
    std::string operator()(const Namespace*) const { return "Namespace"; }
    std::string operator()(const Callable*) const { return "function"; }
  };
  return std::visit(Name{}, data_);
}

bool Value::is_sequence() const {
  return is<List*>() && !get<List*>()->generator;
}

bool is_hashable(const Value& value) {
  Budget::work(value_work);
  if (value.is_text() || value.is<None>() || value.is_number() || value.is<Undefined>()) return true;
  if (!value.is<List*>() || !value.get<List*>()->tuple) return false;
  const Depth depth;
  return std::ranges::all_of(value.get<List*>()->items, is_hashable);
}

std::string hash_key(const Value& value) {
  Budget::work(value_work + (value.is_text() ? value.text().size() : 0));
  if (value.is_text()) return "s" + value.text().bytes();
  if (value.is<None>()) return "n";
  if (value.is<Undefined>()) return "u";
  if (value.is_number()) {  // 1, 1.0 and True are one key
    const double number = value.number();
    if (value.is_integer() || (std::nearbyint(number) == number && std::abs(number) < 9e18)) {
      return "i" + std::to_string(value.is_integer() ? value.integer() : static_cast<std::int64_t>(number));
    }
    return "f" + std::to_string(std::bit_cast<std::uint64_t>(number));
  }
  if (value.is<List*>() && value.get<List*>()->tuple) {
    const Depth depth;
    std::string out = "t";
    for (const Value& item : value.get<List*>()->items) {
      const std::string key = hash_key(item);
      out += std::to_string(key.size()) + ":" + key;
    }
    return out;
  }
  throw EvaluationError{"unhashable type: '" + value.type_name() + "'"};
}

const Value* Dict::find(const Value& key) const {
  const auto at = index_.find(hash_key(key));
  return at == index_.end() ? nullptr : &items[at->second].second;
}

void Dict::set(const Value& key, const Value& value) {
  const auto [at, added] = index_.emplace(hash_key(key), items.size());
  if (added) {
    Budget::values(2);
    items.emplace_back(key, value);
  } else {
    items[at->second].second = value;
  }
}

bool Dict::erase(const Value& key) {
  const auto at = index_.find(hash_key(key));
  if (at == index_.end()) return false;
  const std::size_t gone = at->second;
  Budget::work(value_work * items.size());
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(gone));
  index_.erase(at);
  for (auto& [name, position] : index_) {
    if (position > gone) --position;
  }
  return true;
}

List* Heap::list(std::vector<Value> items, bool tuple) {
  Budget::values(1 + items.size());
  return &lists_.emplace_back(List{std::move(items), tuple});
}

Dict* Heap::dict() {
  Budget::values(1);
  return &dicts_.emplace_back();
}

Namespace* Heap::names() {
  Budget::values(1);
  return &namespaces_.emplace_back();
}

Callable* Heap::callable(Callable callable) {
  Budget::values(1);
  return &callables_.emplace_back(std::move(callable));
}

bool truth(const Value& value) {
  struct Truth {
    bool operator()(const Undefined&) const { return false; }
    bool operator()(const None&) const { return false; }
    bool operator()(bool flag) const { return flag; }
    bool operator()(std::int64_t number) const { return number != 0; }
    bool operator()(double number) const { return number != 0; }
    bool operator()(const Value::Text& text) const { return !text->empty(); }
    bool operator()(const List* list) const { return !list->items.empty(); }
    bool operator()(const Dict* dict) const { return !dict->items.empty(); }
    bool operator()(const Namespace*) const { return true; }
    bool operator()(const Callable*) const { return true; }
  };
  return std::visit(Truth{}, value.storage());
}

bool equal(const Value& a, const Value& b) {
  Budget::work(value_work + (a.is_text() && b.is_text() ? std::min(a.text().size(), b.text().size()) : 0));
  if (a.is_number() && b.is_number()) return compare_numbers(a, b) == 0;
  if (a.storage().index() != b.storage().index()) return false;
  if (a.is_text()) return a.text().bytes() == b.text().bytes();
  if (a.is<List*>()) {
    const List& x = *a.get<List*>();
    const List& y = *b.get<List*>();
    if (x.tuple != y.tuple || x.items.size() != y.items.size()) return false;
    const Depth depth;
    for (std::size_t i = 0; i < x.items.size(); ++i) {
      if (!equal(x.items[i], y.items[i])) return false;
    }
    return true;
  }
  if (a.is<Dict*>()) {
    const Dict& x = *a.get<Dict*>();
    const Dict& y = *b.get<Dict*>();
    if (x.items.size() != y.items.size()) return false;
    const Depth depth;
    for (const auto& [key, item] : x.items) {
      const Value* other = y.find(key);
      if (other == nullptr || !equal(item, *other)) return false;
    }
    return true;
  }
  if (a.is<Namespace*>()) return a.get<Namespace*>() == b.get<Namespace*>();
  if (a.is<Callable*>()) return a.get<Callable*>() == b.get<Callable*>();
  return true;  // None and None, Undefined and Undefined
}

std::weak_ordering compare(const Value& a, const Value& b) {
  Budget::work(value_work + (a.is_text() && b.is_text() ? std::min(a.text().size(), b.text().size()) : 0));
  if (a.is_number() && b.is_number()) {
    const auto order = compare_numbers(a, b);
    if (order == std::partial_ordering::unordered) return std::weak_ordering::equivalent;
    return order < 0   ? std::weak_ordering::less
           : order > 0 ? std::weak_ordering::greater
                       : std::weak_ordering::equivalent;
  }
  // UTF-8 sorts as its code points do.
  if (a.is_text() && b.is_text()) return a.text().bytes().compare(b.text().bytes()) <=> 0;
  if (a.is<List*>() && b.is<List*>() && a.get<List*>()->tuple == b.get<List*>()->tuple) {
    const auto& x = a.get<List*>()->items;
    const auto& y = b.get<List*>()->items;
    const Depth depth;
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
      if (!equal(x[i], y[i])) return compare(x[i], y[i]);
    }
    return x.size() <=> y.size();
  }
  throw EvaluationError{"'" + a.type_name() + "' and '" + b.type_name() + "' have no order"};
}

MarkedText to_repr(const Value& value) {
  MarkedText out;
  append_repr(value, out);
  return out;
}

MarkedText to_text(const Value& value) {
  if (value.is_text()) return value.text();
  if (value.is<Undefined>()) return {};
  return to_repr(value);
}

}  // namespace assay::text::jinja
