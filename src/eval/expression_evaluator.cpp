#include <algorithm>
#include <cstdint>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/expression.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::fail_input;
using util::OrderedJson;
using Expression = Template::Expression;
using Kind = Expression::Kind;

const char* type_of(const OrderedJson& value) {
  if (value.is_null()) return "null";
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_string()) return "text";
  return value.is_boolean() ? "a boolean" : "a number";
}

// Roughly the bytes a value takes; depth is bounded by that of documents and expressions.
std::size_t weight(const OrderedJson& value) {
  constexpr std::size_t element = 64;
  if (value.is_string()) return element + value.get_ref<const std::string&>().size();
  std::size_t sum = element;
  if (value.is_array()) {
    for (const OrderedJson& item : value) sum += weight(item);
  } else if (value.is_object()) {
    for (const auto& [key, item] : value.items()) sum += element + key.size() + weight(item);
  }
  return sum;
}

// A value that an operation has made.
OrderedJson bounded(OrderedJson value) {
  check_rendered_size(weight(value));
  return value;
}

// A Python index into `size` elements; negative counts from the end.
std::size_t position(const OrderedJson& index, std::size_t size) {
  check_input(index.is_number_integer(), "a list is indexed by {}", type_of(index));
  const auto wanted = index.get<std::int64_t>();
  const auto count = static_cast<std::int64_t>(size);
  const std::int64_t at = wanted < 0 ? wanted + count : wanted;
  check_input(at >= 0 && at < count, "index {} is outside a list of {}", wanted, size);
  return static_cast<std::size_t>(at);
}

OrderedJson member(const OrderedJson& value, const std::string& name) {
  check_input(value.is_object(), "\".{}\" is asked of {}, which has no members", name, type_of(value));
  const auto found = value.find(name);
  check_input(found != value.end(), "member \"{}\" is missing", name);
  return *found;
}

OrderedJson item(const OrderedJson& value, const OrderedJson& index) {
  if (value.is_object() && index.is_string()) return member(value, index.get<std::string>());
  if (value.is_array()) return value[position(index, value.size())];
  check_input(value.is_string(), "[ ] is applied to {}", type_of(value));
  const auto points = text::python::code_points(value.get_ref<const std::string&>());
  return text::python::to_utf8({points[position(index, points.size())]});
}

OrderedJson slice(const OrderedJson& value, std::optional<std::int64_t> begin,
                  std::optional<std::int64_t> end) {
  const auto clamp = [](std::optional<std::int64_t> bound, std::int64_t otherwise, std::int64_t size) {
    const std::int64_t at = bound.value_or(otherwise);
    return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size);
  };
  if (value.is_array()) {
    const auto size = static_cast<std::int64_t>(value.size());
    OrderedJson part = OrderedJson::array();
    for (std::int64_t i = clamp(begin, 0, size); i < clamp(end, size, size); ++i)
      part.push_back(value[static_cast<std::size_t>(i)]);
    return part;
  }
  check_input(value.is_string(), "a slice is taken of {}", type_of(value));
  const auto points = text::python::code_points(value.get_ref<const std::string&>());
  const auto size = static_cast<std::int64_t>(points.size());
  const auto from = clamp(begin, 0, size);
  const auto to = std::max(from, clamp(end, size, size));
  return text::python::to_utf8({points.begin() + from, points.begin() + to});
}

OrderedJson join(const OrderedJson& value, const std::string& separator) {
  check_input(value.is_array(), "join is applied to {}", type_of(value));
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    text += (i > 0 ? separator : "") + python_str(value[i]);
    check_rendered_size(text.size());
  }
  return text;
}

struct Arguments {
  std::string_view of;  ///< "split"
  std::vector<OrderedJson> values;

  void expect(std::size_t least, std::size_t most) const {
    check_input(values.size() >= least && values.size() <= most, "\"{}\" is given {} arguments", of,
                values.size());
  }
  [[nodiscard]] std::string text(std::size_t i) const {
    check_input(values[i].is_string(), "\"{}\" is given {} where text is expected", of, type_of(values[i]));
    return values[i].get<std::string>();
  }
};

OrderedJson index_of(const OrderedJson& list, const OrderedJson& wanted) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == wanted) return static_cast<std::int64_t>(i);
  }
  fail_input("{} is not in the list {}", text::python::shortened(python_repr(wanted)),
             text::python::shortened(python_repr(list)));
}

OrderedJson split_text(const std::string& text, const Arguments& arguments) {
  arguments.expect(0, 1);
  const std::string separator = arguments.values.empty() ? "" : arguments.text(0);
  check_input(arguments.values.empty() || !separator.empty(), "\"split\" is given an empty separator");
  const std::size_t parts = separator.empty() ? static_cast<std::size_t>(text::python::count_words(text))
                                              : text::python::count(text, separator) + 1;
  check_rendered_size(text.size() + parts * weight(nullptr));
  return text::python::split(text, separator);
}

OrderedJson replace_text(const std::string& text, const Arguments& arguments) {
  arguments.expect(2, 2);
  const std::string from = arguments.text(0);
  const std::string to = arguments.text(1);
  check_input(!from.empty(), "\"replace\" is given an empty text to look for");
  // No overflow: both factors come from values within the limit.
  check_rendered_size(text.size() + text::python::count(text, from) * to.size() -
                      text::python::count(text, from) * from.size());
  return text::python::replace_all(text, from, to);
}

OrderedJson call(const OrderedJson& value, const std::string& method, const Arguments& arguments) {
  if (value.is_array() && method == "index") {
    arguments.expect(1, 1);
    return index_of(value, arguments.values[0]);
  }
  check_input(value.is_string(), "\".{}()\" is asked of {}", method, type_of(value));
  const std::string& text = value.get_ref<const std::string&>();
  if (method == "split") return split_text(text, arguments);
  if (method == "replace") return replace_text(text, arguments);
  arguments.expect(0, 0);
  if (method == "strip") return std::string(text::python::strip(text));
  if (method == "lstrip") return std::string(text::python::lstrip(text));
  if (method == "rstrip") return std::string(text::python::rstrip(text));
  if (method == "lower") return text::python::lower(text);
  if (method == "upper") return text::python::upper(text);
  if (method == "capitalize") return text::python::capitalize(text);
  fail_input("the method \"{}\" is not supported in templates", method);
}

OrderedJson filter(const OrderedJson& value, const std::string& name, const Arguments& arguments) {
  if (name == "join") {
    arguments.expect(0, 1);
    return join(value, arguments.values.empty() ? "" : arguments.text(0));
  }
  arguments.expect(0, 0);
  if (name == "string") return python_str(value);
  if (name == "trim") return std::string(text::python::strip(python_str(value)));
  if (name == "lower") return text::python::lower(python_str(value));
  if (name == "upper") return text::python::upper(python_str(value));
  if (name == "capitalize") return text::python::capitalize(python_str(value));
  if (name == "length") {
    if (value.is_string())
      return static_cast<std::int64_t>(text::python::length(value.get_ref<const std::string&>()));
    check_input(value.is_array() || value.is_object(), "length is asked of {}", type_of(value));
    return static_cast<std::int64_t>(value.size());
  }
  if (name == "list" || name == "first" || name == "last") {
    check_input(value.is_array(), "{} is applied to {}", name, type_of(value));
    if (name == "list") return value;
    check_input(!value.empty(), "{} is applied to an empty list", name);
    return name == "first" ? value.front() : value.back();
  }
  fail_input("the filter \"{}\" is not supported in templates", name);
}

OrderedJson add(OrderedJson left, const OrderedJson& right) {
  if (left.is_string() && right.is_string()) return left.get<std::string>() + right.get<std::string>();
  if (left.is_array() && right.is_array()) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
  }
  if (left.is_number_integer() && right.is_number_integer()) {
    std::int64_t sum = 0;
    check_input(!__builtin_add_overflow(left.get<std::int64_t>(), right.get<std::int64_t>(), &sum),
                "+ overflows");
    return sum;
  }
  fail_input("+ is applied to {} and {}", type_of(left), type_of(right));
}

}  // namespace

OrderedJson evaluate(const Expression& expression, const OrderedJson& document) {
  const auto child = [&](std::size_t i) { return evaluate(expression.children[i], document); };
  const auto children = [&](std::size_t from) {
    std::vector<OrderedJson> values;
    std::size_t total = 0;
    for (std::size_t i = from; i < expression.children.size(); ++i) {
      values.push_back(child(i));
      total += weight(values.back());
      check_rendered_size(total);
    }
    return values;
  };
  switch (expression.kind) {
    case Kind::literal:
      return expression.value;
    case Kind::field: {
      const auto found = document.find(expression.name);
      check_input(found != document.end(), "field \"{}\" is missing", expression.name);
      return *found;
    }
    case Kind::list:
      return children(0);
    case Kind::member:
      return member(child(0), expression.name);
    case Kind::item:
      return item(child(0), child(1));
    case Kind::slice:
      return slice(child(0), expression.begin, expression.end);
    case Kind::call:
      return bounded(call(child(0), expression.name, {expression.name, children(1)}));
    case Kind::filter:
      return bounded(filter(child(0), expression.name, {expression.name, children(1)}));
    case Kind::add:
      return bounded(add(child(0), child(1)));
    case Kind::concat:
      return bounded(python_str(child(0)) + python_str(child(1)));
  }
  return nullptr;
}

}  // namespace assay::eval
