// Filters on text and single values.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "text/jinja/budget.hpp"
#include "text/jinja/builtins.hpp"
#include "text/jinja/formatting.hpp"
#include "text/jinja/text_operations.hpp"

namespace assay::text::jinja {

namespace {

std::int64_t integer_or(const std::optional<Value>& value, std::int64_t fallback, std::string_view function) {
  if (!value) return fallback;
  if (!value->is_integer())
    throw EvaluationError{std::string(function) + " takes an integer, not " + value->type_name()};
  return value->integer();
}

template <std::string (*convert)(std::string_view)>
Value convert_filter(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  (void)bind("filter", arguments, {});
  const MarkedText text = interpreter.text(subject);
  return interpreter.make(text.replaced_by(convert(text.bytes())));
}

Value string_filter(Interpreter& interpreter, const Value& subject, const Arguments&) {
  return interpreter.make(interpreter.text(subject));
}

Value trim(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("trim", arguments, {"chars"});
  std::optional<std::string> characters;
  if (bound[0] && !bound[0]->is<None>()) characters = interpreter.text(*bound[0]).bytes();
  return interpreter.make(strip(interpreter.text(subject), Side::both, characters));
}

Value replace_filter(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("replace", arguments, {"old", "new", "count"});
  if (!bound[0] || !bound[1]) throw EvaluationError{"replace takes two texts"};
  const std::int64_t most = bound[2] && !bound[2]->is<None>() ? integer_or(bound[2], -1, "replace") : -1;
  return interpreter.make(replace(interpreter.text(subject), interpreter.text(*bound[0]).bytes(),
                                  interpreter.text(*bound[1]), most));
}

Value indent(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("indent", arguments, {"width", "first", "blank"});
  MarkedText margin;
  if (bound[0] && bound[0]->is_text()) {
    margin = bound[0]->text();
  } else {
    const std::int64_t width = std::clamp<std::int64_t>(integer_or(bound[0], 4, "indent"), 0, 10'000);
    margin = MarkedText(std::string(static_cast<std::size_t>(width), ' '));
  }
  const bool first = bound[1] && truth(*bound[1]);
  const bool blank = bound[2] && truth(*bound[2]);
  MarkedText text = interpreter.text(subject);
  text.append("\n");  // as Jinja does, so that a last newline counts as a line
  const auto lines = split_lines(text, false);
  MarkedText out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out.append("\n");
    Budget::text(margin.size());
    if (i == 0 ? first : blank || !lines[i].empty()) out.append(margin);
    out.append(lines[i]);
  }
  return interpreter.make(std::move(out));
}

// Jinja's own: every run of other characters than - { ( [ < and white space begins with a capital.
Value title(Interpreter& interpreter, const Value& subject, const Arguments&) {
  const MarkedText text = interpreter.text(subject);
  std::string out;
  std::string word;
  const auto flush = [&] {
    if (word.empty()) return;
    const auto points = python::code_points(word);
    out += python::upper(python::to_utf8({points[0]}));
    out += python::lower(python::to_utf8({points.begin() + 1, points.end()}));
    word.clear();
  };
  for (const std::int32_t point : python::code_points(text.bytes())) {
    const bool separator = python::is_space(point) || point == '-' || point == '(' || point == '{' ||
                           point == '[' || point == '<';
    if (separator) {
      flush();
      out += python::to_utf8({point});
    } else {
      word += python::to_utf8({point});
    }
  }
  flush();
  return interpreter.make(text.replaced_by(std::move(out)));
}

Value escape(Interpreter& interpreter, const Value& subject, const Arguments&) {
  MarkedText out = escape_html(interpreter.text(subject));
  out.set_markup();
  return interpreter.make(std::move(out));
}

Value safe(Interpreter& interpreter, const Value& subject, const Arguments&) {
  MarkedText out = interpreter.text(subject);
  out.set_markup();
  return interpreter.make(std::move(out));
}

Value default_filter(Interpreter&, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("default", arguments, {"default_value", "boolean"});
  const bool boolean = bound[1] && truth(*bound[1]);
  if (subject.is<Undefined>() || (boolean && !truth(subject))) return bound[0] ? *bound[0] : Value("");
  return subject;
}

// int(text): digits with white space and single underscores around and between them; base 0 is not known
// here.
std::optional<std::int64_t> parse_integer(std::string_view text, std::int64_t base) {
  std::string digits(python::strip(text));
  if (base == 16 && (digits.starts_with("0x") || digits.starts_with("0X"))) digits.erase(0, 2);
  if (base == 8 && (digits.starts_with("0o") || digits.starts_with("0O"))) digits.erase(0, 2);
  if (base == 2 && (digits.starts_with("0b") || digits.starts_with("0B"))) digits.erase(0, 2);
  for (std::size_t at = digits.find('_'); at != std::string::npos; at = digits.find('_', at)) {
    if (at == 0 || at + 1 == digits.size() || digits[at + 1] == '_') return std::nullopt;
    digits.erase(at, 1);
  }
  if (digits.empty() || base < 2 || base > 36 || digits.find_first_of(" \t\n") != std::string::npos)
    return std::nullopt;
  errno = 0;
  char* end = nullptr;
  const long long value = std::strtoll(digits.c_str(), &end, static_cast<int>(base));
  if (errno != 0 || end != digits.c_str() + digits.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_float(std::string_view text) {
  const std::string digits(python::strip(text));
  if (digits.empty() || digits.find_first_of("xXpP") != std::string::npos) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(digits.c_str(), &end);
  if (end != digits.c_str() + digits.size()) return std::nullopt;
  return value;
}

Value int_filter(Interpreter&, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("int", arguments, {"default", "base"});
  const Value fallback = bound[0] ? *bound[0] : Value(std::int64_t{0});
  if (subject.is_integer()) return subject.integer();
  std::optional<double> number;
  if (subject.is<double>()) number = subject.get<double>();
  if (subject.is_text()) {
    if (const auto value = parse_integer(subject.text().bytes(), integer_or(bound[1], 10, "int")))
      return *value;
    number = parse_float(subject.text().bytes());
  }
  Interpreter::require_defined(subject);
  if (!number || !(std::abs(*number) < 9.2e18)) return fallback;
  return static_cast<std::int64_t>(*number);
}

Value float_filter(Interpreter&, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("float", arguments, {"default"});
  Interpreter::require_defined(subject);
  if (subject.is_number()) return subject.number();
  if (subject.is_text()) {
    if (const auto value = parse_float(subject.text().bytes())) return *value;
  }
  return bound[0] ? *bound[0] : Value(0.0);
}

Value abs_filter(Interpreter& interpreter, const Value& subject, const Arguments&) {
  if (!subject.is_number())
    throw EvaluationError{"bad operand type for abs(): '" + subject.type_name() + "'"};
  if (subject.is<double>()) return std::abs(subject.get<double>());
  return subject.integer() < 0 ? interpreter.arithmetic("-", Value(std::int64_t{0}), subject)
                               : Value(subject.integer());
}

Value round_filter(Interpreter&, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("round", arguments, {"precision", "method"});
  if (!subject.is_number())
    throw EvaluationError{"type " + subject.type_name() + " doesn't define __round__ method"};
  const std::string method = bound[1] ? to_text(*bound[1]).bytes() : "common";
  const std::int64_t precision = std::clamp<std::int64_t>(integer_or(bound[0], 0, "round"), -300, 300);
  const double scale = std::pow(10.0, static_cast<double>(precision));
  const double value = subject.number();
  if (method == "ceil") return std::ceil(value * scale) / scale;
  if (method == "floor") return std::floor(value * scale) / scale;
  if (method != "common") throw EvaluationError{"method must be common, ceil or floor"};
  if (subject.is_integer() && precision >= 0) return subject.integer();
  if (precision < 0) return std::nearbyint(value * scale) / scale;
  // Python rounds the decimal value of the double: so does printf.
  std::vector<char> buffer(700);
  std::snprintf(buffer.data(), buffer.size(), "%.*f", static_cast<int>(precision), value);
  return std::strtod(buffer.data(), nullptr);
}

Value format(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const MarkedText text = interpreter.text(subject);
  if (arguments.named.empty()) {
    return interpreter.make(format_percent(text, interpreter.heap().list(arguments.positional, true)));
  }
  if (!arguments.positional.empty()) {
    throw EvaluationError{"can't handle positional and keyword arguments at the same time"};
  }
  Dict* const names = interpreter.heap().dict();
  for (const auto& [name, value] : arguments.named) names->set(Value(name), value);
  return interpreter.make(format_percent(text, names));
}

Value word_count(Interpreter& interpreter, const Value& subject, const Arguments&) {
  // Runs of \w, which is what Jinja counts.
  std::int64_t count = 0;
  bool inside = false;
  for (const std::int32_t point : python::code_points(interpreter.text(subject).bytes())) {
    const bool word = python::is_letter(point) || (point >= '0' && point <= '9') || point == '_';
    if (word && !inside) ++count;
    inside = word;
  }
  return count;
}

Value truncate(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("truncate", arguments, {"length", "killwords", "end", "leeway"});
  const std::int64_t length = integer_or(bound[0], 255, "truncate");
  const MarkedText end = bound[2] ? interpreter.text(*bound[2]) : MarkedText(std::string("..."));
  const std::int64_t leeway = bound[3] && !bound[3]->is<None>() ? integer_or(bound[3], 5, "truncate") : 5;
  const MarkedText text = interpreter.text(subject);
  const auto points = python::code_points(text.bytes());
  const std::int64_t room = length - static_cast<std::int64_t>(python::length(end.bytes()));
  if (room < 0 || leeway < 0) throw EvaluationError{"truncate: the length is less than that of the end"};
  if (static_cast<std::int64_t>(points.size()) <= length + leeway) return interpreter.make(text);
  MarkedText out = text.substr(0, python::to_utf8({points.begin(), points.begin() + room}).size());
  if (!(bound[1] && truth(*bound[1]))) out = out.substr(0, out.bytes().rfind(' '));
  out.append(end);
  return interpreter.make(std::move(out));
}

Value center(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  const auto bound = bind("center", arguments, {"width"});
  const MarkedText text = interpreter.text(subject);
  const std::int64_t missing =
      integer_or(bound[0], 80, "center") - static_cast<std::int64_t>(python::length(text.bytes()));
  if (missing <= 0) return interpreter.make(text);
  Budget::text(static_cast<std::size_t>(missing));
  return Value(justify(text, Side::both, static_cast<std::size_t>(missing), " "));
}

std::optional<std::string> json_indent(const std::optional<Value>& value) {
  if (!value || value->is<None>()) return std::nullopt;
  if (value->is_text()) return value->text().bytes();
  return std::string(
      static_cast<std::size_t>(std::clamp<std::int64_t>(integer_or(value, 0, "tojson"), 0, 1000)), ' ');
}

Value to_json_filter(Interpreter& interpreter, const Value& subject, const Arguments& arguments) {
  JsonStyle style;
  if (interpreter.options().html_safe_json) {
    style.indent = json_indent(bind("tojson", arguments, {"indent"})[0]);
    style.ensure_ascii = true;
    style.sort_keys = true;
  } else {
    const auto bound = bind("tojson", arguments, {"ensure_ascii", "indent", "separators", "sort_keys"});
    style.ensure_ascii = bound[0] && truth(*bound[0]);
    style.indent = json_indent(bound[1]);
    style.sort_keys = bound[3] && truth(*bound[3]);
    if (style.indent) style.item_separator = ",";
    if (bound[2] && !bound[2]->is<None>()) {
      const auto parts = interpreter.items(*bound[2]);
      if (parts.size() != 2) throw EvaluationError{"separators must be two texts"};
      style.item_separator = interpreter.text(parts[0]).bytes();
      style.key_separator = interpreter.text(parts[1]).bytes();
    }
  }
  if (style.indent && interpreter.options().html_safe_json) style.item_separator = ",";
  MarkedText out = to_json(subject, style);
  if (!interpreter.options().html_safe_json) return interpreter.make(std::move(out));
  for (const auto& [from, to] : {std::pair<const char*, const char*>{"<", "\\u003c"},
                                 {">", "\\u003e"},
                                 {"&", "\\u0026"},
                                 {"'", "\\u0027"}}) {
    out = replace(out, from, MarkedText(std::string(to)), -1);
  }
  return interpreter.make(std::move(out));
}

constexpr NamedFunction table[] = {
    {"abs", abs_filter},
    {"capitalize", convert_filter<python::capitalize>},
    {"center", center},
    {"d", default_filter},
    {"default", default_filter},
    {"e", escape},
    {"escape", escape},
    {"float", float_filter},
    {"format", format},
    {"indent", indent},
    {"int", int_filter},
    {"lower", convert_filter<python::lower>},
    {"replace", replace_filter},
    {"round", round_filter},
    {"safe", safe},
    {"string", string_filter},
    {"title", title},
    {"tojson", to_json_filter},
    {"trim", trim},
    {"truncate", truncate},
    {"upper", convert_filter<python::upper>},
    {"wordcount", word_count},
};

}  // namespace

Function find_text_filter(std::string_view name) {
  return find_function(table, name);
}

}  // namespace assay::text::jinja
