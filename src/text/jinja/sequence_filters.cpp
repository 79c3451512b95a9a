// Filters on sequences and mappings that keep or rearrange what is in them.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "text/jinja/attribute_path.hpp"
#include "text/jinja/budget.hpp"
#include "text/jinja/builtins.hpp"
#include "text/jinja/text_operations.hpp"

namespace assay::text::jinja {

namespace {

bool flag(const std::optional<Value>& value) {
  return value && truth(*value);
}

Value make_list(Interpreter& interpreter, std::vector<Value> items) {
  return interpreter.heap().list(std::move(items));
}

// What values are compared by: an attribute of theirs, text in lower case unless case counts.
Value sort_key(Interpreter& interpreter, const Value& value, const std::optional<Value>& attribute,
               bool case_sensitive) {
  const Value key =
      attribute && !attribute->is<None>() ? attribute_path(interpreter, value, *attribute) : value;
  if (case_sensitive || !key.is_text()) return key;
  Budget::work(key.text().size());
  return Value(python::lower(key.text().bytes()));
}

using Keyed = std::vector<std::pair<Value, Value>>;  // key, value

void sort_keyed(Keyed& keyed, bool descending) {
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return descending ? compare(a.first, b.first) > 0 : compare(a.first, b.first) < 0;
  });
}

Value values_of(Interpreter& interpreter, Keyed keyed) {
  std::vector<Value> out;
  for (auto& entry : keyed) out.push_back(std::move(entry.second));
  return make_list(interpreter, std::move(out));
}

Value length(Interpreter& interpreter, const Value& subject, const Arguments&) {
  if (subject.is_sequence()) return static_cast<std::int64_t>(subject.get<List*>()->items.size());
  if (subject.is<Dict*>()) return static_cast<std::int64_t>(subject.get<Dict*>()->items.size());
  if (subject.is_text()) return static_cast<std::int64_t>(python::length(subject.text().bytes()));
  if (subject.is<Undefined>()) return static_cast<std::int64_t>(interpreter.items(subject).size());
  throw EvaluationError{"object of type '" + subject.type_name() + "' has no len()"};
}

Value first(Interpreter& interpreter, const Value& subject, const Arguments&) {
  const auto items = interpreter.items(subject);
  return items.empty() ? Value(Undefined{"No first item, sequence was empty."}) : items.front();
}

Value last(Interpreter& interpreter, const Value& subject, const Arguments&) {
  const auto items = interpreter.items(subject);
  return items.empty() ? Value(Undefined{"No last item, sequence was empty."}) : items.back();
}

Value list(Interpreter& interpreter, const Value& subject, const Arguments&) {
  return make_list(interpreter, interpreter.items(subject));
}

Value items_filter(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  if (subject.is<Undefined>() && !interpreter.options().strict_undefined) return make_list(interpreter, {});
  Interpreter::require_defined(subject);
  if (!subject.is<Dict*>()) throw EvaluationError{"Can only get item pairs from a mapping."};
  return find_dict_method("items")(interpreter, subject, arguments);
}

Value join(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("join", arguments, {"d", "attribute"});
  const MarkedText separator = bound[0] ? interpreter.text(*bound[0]) : MarkedText();
  MarkedText out;
  bool first_one = true;
  for (const Value& value : interpreter.items(subject)) {
    if (!first_one) out.append(separator);
    first_one = false;
    const MarkedText text = interpreter.text(
        bound[1] && !bound[1]->is<None>() ? attribute_path(interpreter, value, *bound[1]) : value);
    Budget::text(text.size() + separator.size());
    out.append(text);
  }
  return Value(std::move(out));
}

Value reverse(Interpreter& interpreter, const Value& subject, const Arguments&) {
  if (subject.is_text()) {
    const auto last_one = static_cast<std::int64_t>(python::length(subject.text().bytes())) - 1;
    return interpreter.make(slice_text(subject.text(), last_one, -1, -1));
  }
  auto items = interpreter.items(subject);
  std::reverse(items.begin(), items.end());
  return make_list(interpreter, std::move(items));
}

Value sort(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("sort", arguments, {"reverse", "case_sensitive", "attribute"});
  const auto items = interpreter.items(subject);
  // "a,b" sorts by a, then by b.
  std::vector<std::optional<Value>> attributes{bound[2]};
  if (bound[2] && bound[2]->is_text()) attributes = split_attributes(bound[2]->text().bytes());
  Keyed keyed;
  for (const Value& value : items) {
    std::vector<Value> keys;
    for (const auto& attribute : attributes)
      keys.push_back(sort_key(interpreter, value, attribute, flag(bound[1])));
    keyed.emplace_back(interpreter.heap().list(std::move(keys), true), value);
  }
  sort_keyed(keyed, flag(bound[0]));
  return values_of(interpreter, std::move(keyed));
}

Value dict_sort(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("dictsort", arguments, {"case_sensitive", "by", "reverse"});
  Interpreter::require_defined(subject);
  if (!subject.is<Dict*>()) throw EvaluationError{"dictsort takes a mapping"};
  const std::string by = bound[1] ? interpreter.text(*bound[1]).bytes() : "key";
  if (by != "key" && by != "value") throw EvaluationError{"You can only sort by either \"key\" or \"value\""};
  Keyed keyed;
  for (const auto& [key, value] : subject.get<Dict*>()->items) {
    keyed.emplace_back(sort_key(interpreter, by == "key" ? key : value, std::nullopt, flag(bound[0])),
                       interpreter.heap().list({key, value}, true));
  }
  sort_keyed(keyed, flag(bound[2]));
  return values_of(interpreter, std::move(keyed));
}

Value unique(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("unique", arguments, {"case_sensitive", "attribute"});
  std::set<std::string> seen;
  std::vector<Value> out;
  for (const Value& value : interpreter.items(subject)) {
    if (seen.insert(hash_key(sort_key(interpreter, value, bound[1], flag(bound[0])))).second)
      out.push_back(value);
  }
  return make_list(interpreter, std::move(out));
}

template <bool largest>
Value extreme(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind(largest ? "max" : "min", arguments, {"case_sensitive", "attribute"});
  std::optional<std::pair<Value, Value>> best;
  for (const Value& value : interpreter.items(subject)) {
    const Value key = sort_key(interpreter, value, bound[1], flag(bound[0]));
    if (!best || (largest ? compare(key, best->first) > 0 : compare(key, best->first) < 0))
      best.emplace(key, value);
  }
  return best ? best->second : Value(Undefined{"No aggregated item, sequence was empty."});
}

Value sum(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("sum", arguments, {"attribute", "start"});
  Value total = bound[1] ? *bound[1] : Value(std::int64_t{0});
  for (const Value& value : interpreter.items(subject)) {
    const bool by_attribute = bound[0] && !bound[0]->is<None>();
    total = interpreter.arithmetic("+", total,
                                   by_attribute ? attribute_path(interpreter, value, *bound[0]) : value);
  }
  return total;
}

std::int64_t positive(const std::optional<Value>& value, std::string_view function) {
  if (!value || !value->is_integer() || value->integer() < 1) {
    throw EvaluationError{std::string(function) + " takes a positive integer"};
  }
  return value->integer();
}

Value batch(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("batch", arguments, {"linecount", "fill_with"});
  const auto size = static_cast<std::size_t>(positive(bound[0], "batch"));
  std::vector<Value> out;
  std::vector<Value> row;
  for (const Value& value : interpreter.items(subject)) {
    if (row.size() == size) out.push_back(make_list(interpreter, std::exchange(row, {})));
    row.push_back(value);
  }
  if (!row.empty()) {
    if (bound[1] && !bound[1]->is<None>() && size <= 100'000) row.resize(size, *bound[1]);
    out.push_back(make_list(interpreter, std::move(row)));
  }
  return make_list(interpreter, std::move(out));
}

Value slice(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("slice", arguments, {"slices", "fill_with"});
  const std::int64_t slices = positive(bound[0], "slice");
  if (slices > 100'000) throw EvaluationError{"slice takes at most 100000 slices"};
  const auto items = interpreter.items(subject);
  const auto size = static_cast<std::int64_t>(items.size());
  std::vector<Value> out;
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < slices; ++i) {
    const std::int64_t count = size / slices + (i < size % slices ? 1 : 0);
    std::vector<Value> part(items.begin() + at, items.begin() + at + count);
    at += count;
    if (bound[1] && !bound[1]->is<None>() && i >= size % slices) part.push_back(*bound[1]);
    out.push_back(make_list(interpreter, std::move(part)));
  }
  return make_list(interpreter, std::move(out));
}

Value group_by(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("groupby", arguments, {"attribute", "default", "case_sensitive"});
  if (!bound[0]) throw EvaluationError{"groupby takes an attribute"};
  Keyed keyed;
  for (const Value& value : interpreter.items(subject)) {
    Value key = attribute_path(interpreter, value, *bound[0]);
    if (key.is<Undefined>() && bound[1]) key = *bound[1];
    keyed.emplace_back(std::move(key), value);
  }
  const auto folded = [&](const Value& key) {
    return sort_key(interpreter, key, std::nullopt, flag(bound[2]));
  };
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return compare(folded(a.first), folded(b.first)) < 0;
  });
  std::vector<Value> out;
  for (std::size_t i = 0; i < keyed.size();) {
    std::vector<Value> members;
    const Value key = keyed[i].first;
    for (; i < keyed.size() && equal(folded(keyed[i].first), folded(key)); ++i)
      members.push_back(keyed[i].second);
    out.emplace_back(interpreter.heap().list({key, make_list(interpreter, std::move(members))}, true));
  }
  return make_list(interpreter, std::move(out));
}

constexpr NamedFunction table[] = {
    {"batch", batch},      {"count", length},       {"dictsort", dict_sort}, {"first", first},
    {"groupby", group_by}, {"items", items_filter}, {"join", join},          {"last", last},
    {"length", length},    {"list", list},          {"max", extreme<true>},  {"min", extreme<false>},
    {"reverse", reverse},  {"slice", slice},        {"sort", sort},          {"sum", sum},
    {"unique", unique},
};

}  // namespace

Function find_sequence_filter(std::string_view name) {
  return find_function(table, name);
}

}  // namespace assay::text::jinja
