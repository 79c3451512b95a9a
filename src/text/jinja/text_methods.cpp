// Methods of str. Marks stay with the bytes they are on.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "text/jinja/budget.hpp"
#include "text/jinja/builtins.hpp"
#include "text/jinja/text_operations.hpp"

namespace assay::text::jinja {

namespace {

const MarkedText& text_argument(const std::optional<Value>& value, std::string_view function) {
  if (!value || !value->is_text()) {
    if (value) Interpreter::require_defined(*value);
    throw EvaluationError{std::string(function) + "() takes a string, not " +
                          (value ? value->type_name() : "nothing")};
  }
  return value->text();
}

std::int64_t integer_argument(const std::optional<Value>& value, std::int64_t fallback,
                              std::string_view function) {
  if (!value) return fallback;
  Interpreter::require_defined(*value);
  if (!value->is_integer())
    throw EvaluationError{std::string(function) + "() takes an integer, not " + value->type_name()};
  return value->integer();
}

template <Side side>
Value strip_method(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  const auto bound = bind("strip", arguments, {"chars"});
  if (!bound[0] || bound[0]->is<None>()) return interpreter.make(strip(self.text(), side, std::nullopt));
  return interpreter.make(strip(self.text(), side, text_argument(bound[0], "strip").bytes()));
}

template <bool from_right>
Value split_method(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  const auto bound = bind("split", arguments, {"sep", "maxsplit"});
  const std::int64_t most = integer_argument(bound[1], -1, "split");
  std::optional<std::string> separator;
  if (bound[0] && !bound[0]->is<None>()) {
    separator = text_argument(bound[0], "split").bytes();
    if (separator->empty()) throw EvaluationError{"empty separator"};
  }
  std::vector<Value> out;
  for (MarkedText& part : split(self.text(), separator, most, from_right))
    out.push_back(interpreter.make(std::move(part)));
  return interpreter.heap().list(std::move(out));
}

template <std::string (*convert)(std::string_view)>
Value convert_method(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  (void)bind("", arguments, {});
  return interpreter.make(self.text().replaced_by(convert(self.text().bytes())));
}

// startswith, endswith: one string or a tuple of them.
template <bool end>
Value affix_method(Interpreter&, const Value& self, const Arguments& arguments) {
  const std::string_view name = end ? "endswith" : "startswith";
  const auto bound = bind(name, arguments, {"affix"});
  const auto matches = [&](const Value& affix) {
    const std::string& word = text_argument(affix, name).bytes();
    return end ? self.text().bytes().ends_with(word) : self.text().bytes().starts_with(word);
  };
  if (bound[0] && bound[0]->is<List*>() && bound[0]->get<List*>()->tuple) {
    const auto& words = bound[0]->get<List*>()->items;
    return std::any_of(words.begin(), words.end(), matches);
  }
  if (!bound[0]) throw EvaluationError{std::string(name) + "() takes a string"};
  return matches(*bound[0]);
}

Value replace_method(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  const auto bound = bind("replace", arguments, {"old", "new", "count"});
  return interpreter.make(replace(self.text(), text_argument(bound[0], "replace").bytes(),
                                  text_argument(bound[1], "replace"),
                                  integer_argument(bound[2], -1, "replace")));
}

Value join_method(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  const auto bound = bind("join", arguments, {"iterable"});
  if (!bound[0]) throw EvaluationError{"join() takes one argument"};
  MarkedText out;
  bool first = true;
  for (const Value& part : interpreter.items(*bound[0])) {
    if (!part.is_text())
      throw EvaluationError{"sequence item: expected str instance, " + part.type_name() + " found"};
    if (!first) out.append(self.text());
    first = false;
    Budget::text(part.text().size() + self.text().size());
    out.append(part.text());
  }
  return Value(std::move(out));
}

// Where a word is found, in code points; -1 if nowhere.
std::int64_t find_word(const Value& self, const Arguments& arguments, std::string_view name,
                       bool from_right) {
  const auto bound = bind(name, arguments, {"sub"});
  const std::string& text = self.text().bytes();
  const std::string& word = text_argument(bound[0], name).bytes();
  const auto at = from_right ? find_last(text, word) : find_first(text, word);
  if (at == std::string::npos) return -1;
  return static_cast<std::int64_t>(python::length(std::string_view(text).substr(0, at)));
}

template <bool from_right, bool required>
Value find_method(Interpreter&, const Value& self, const Arguments& arguments) {
  const std::int64_t at = find_word(self, arguments, required ? "index" : "find", from_right);
  if (required && at < 0) throw EvaluationError{"substring not found"};
  return at;
}

Value count_method(Interpreter&, const Value& self, const Arguments& arguments) {
  const auto bound = bind("count", arguments, {"sub"});
  const std::string& text = self.text().bytes();
  const std::string& word = text_argument(bound[0], "count").bytes();
  if (word.empty()) return static_cast<std::int64_t>(python::length(text)) + 1;
  std::int64_t count = 0;
  for (auto at = find_first(text, word); at != std::string::npos;
       at = find_first(text, word, at + word.size()))
    ++count;
  return count;
}

template <bool (*belongs)(std::int32_t)>
Value all_method(Interpreter&, const Value& self, const Arguments& arguments) {
  (void)bind("", arguments, {});
  const auto points = python::code_points(self.text().bytes());
  return !points.empty() && std::all_of(points.begin(), points.end(), belongs);
}

Value is_upper_method(Interpreter& interpreter, const Value& self, const Arguments&) {
  return interpreter.test("upper", self, {});
}
Value is_lower_method(Interpreter& interpreter, const Value& self, const Arguments&) {
  return interpreter.test("lower", self, {});
}

Value splitlines_method(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  const auto bound = bind("splitlines", arguments, {"keepends"});
  std::vector<Value> out;
  for (MarkedText& line : split_lines(self.text(), bound[0] && truth(*bound[0]))) {
    out.push_back(interpreter.make(std::move(line)));
  }
  return interpreter.heap().list(std::move(out));
}

template <bool prefix>
Value remove_method(Interpreter& interpreter, const Value& self, const Arguments& arguments) {
  const std::string_view name = prefix ? "removeprefix" : "removesuffix";
  const auto bound = bind(name, arguments, {"affix"});
  const std::string& word = text_argument(bound[0], name).bytes();
  const MarkedText& text = self.text();
  if (prefix && text.bytes().starts_with(word)) return interpreter.make(text.substr(word.size()));
  if (!prefix && text.bytes().ends_with(word))
    return interpreter.make(text.substr(0, text.size() - word.size()));
  return self;
}

template <Side side>
Value justify_method(Interpreter&, const Value& self, const Arguments& arguments) {
  const auto bound = bind("justify", arguments, {"width", "fillchar"});
  const std::string fill = bound[1] ? text_argument(bound[1], "justify").bytes() : " ";
  if (python::length(fill) != 1)
    throw EvaluationError{"the fill character must be exactly one character long"};
  const auto width =
      static_cast<std::size_t>(std::max<std::int64_t>(integer_argument(bound[0], 0, "justify"), 0));
  const std::size_t length = python::length(self.text().bytes());
  if (width <= length) return self;
  Budget::text((width - length) * fill.size());
  return Value(justify(self.text(), side, width - length, fill));
}

Value zfill_method(Interpreter&, const Value& self, const Arguments& arguments) {
  const auto bound = bind("zfill", arguments, {"width"});
  const auto width =
      static_cast<std::size_t>(std::max<std::int64_t>(integer_argument(bound[0], 0, "zfill"), 0));
  const MarkedText& text = self.text();
  const std::size_t length = python::length(text.bytes());
  if (width <= length) return self;
  Budget::text(width);
  const std::size_t sign = !text.empty() && (text.bytes()[0] == '-' || text.bytes()[0] == '+') ? 1 : 0;
  MarkedText out = text.substr(0, sign);
  out.append(std::string(width - length, '0'));
  out.append(text.substr(sign));
  return Value(std::move(out));
}

bool is_ascii_digit(std::int32_t point) {
  return point >= '0' && point <= '9';
}
bool is_letter(std::int32_t point) {
  return python::is_letter(point);
}
bool is_letter_or_digit(std::int32_t point) {
  return python::is_letter(point) || is_ascii_digit(point);
}

constexpr NamedFunction table[] = {
    {"strip", strip_method<Side::both>},
    {"lstrip", strip_method<Side::left>},
    {"rstrip", strip_method<Side::right>},
    {"split", split_method<false>},
    {"rsplit", split_method<true>},
    {"splitlines", splitlines_method},
    {"lower", convert_method<python::lower>},
    {"upper", convert_method<python::upper>},
    {"capitalize", convert_method<python::capitalize>},
    {"title", convert_method<python::title>},
    {"casefold", convert_method<python::casefold>},
    {"startswith", affix_method<false>},
    {"endswith", affix_method<true>},
    {"removeprefix", remove_method<true>},
    {"removesuffix", remove_method<false>},
    {"replace", replace_method},
    {"join", join_method},
    {"find", find_method<false, false>},
    {"rfind", find_method<true, false>},
    {"index", find_method<false, true>},
    {"rindex", find_method<true, true>},
    {"count", count_method},
    {"isspace", all_method<python::is_space>},
    {"isdigit", all_method<is_ascii_digit>},
    {"isnumeric", all_method<is_ascii_digit>},
    {"isdecimal", all_method<is_ascii_digit>},
    {"isalpha", all_method<is_letter>},
    {"isalnum", all_method<is_letter_or_digit>},
    {"isupper", is_upper_method},
    {"islower", is_lower_method},
    {"center", justify_method<Side::both>},
    {"ljust", justify_method<Side::right>},
    {"rjust", justify_method<Side::left>},
    {"zfill", zfill_method},
};

}  // namespace

Function find_text_method(std::string_view name) {
  return find_function(table, name);
}

}  // namespace assay::text::jinja
