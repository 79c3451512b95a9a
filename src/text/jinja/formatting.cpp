#include "text/jinja/formatting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "text/jinja/budget.hpp"

namespace assay::text::jinja {

namespace {

// What looking at one value costs, beside its text.
constexpr std::size_t value_work = 16;
constexpr std::int64_t max_width = 100'000;

// One "%..." of a format.
struct Conversion {
  std::string flags;
  std::int64_t width = 0;
  std::int64_t precision = -1;
  char type = 0;
};

MarkedText pad(MarkedText text, const Conversion& conversion) {
  const auto length = static_cast<std::int64_t>(python::length(text.bytes()));
  if (length >= conversion.width) return text;
  Budget::text(static_cast<std::size_t>(conversion.width - length));
  const std::string spaces(static_cast<std::size_t>(conversion.width - length), ' ');
  if (conversion.flags.find('-') != std::string::npos) {
    text.append(spaces);
    return text;
  }
  MarkedText out;
  out.append(spaces);
  out.append(text);
  return out;
}

std::int64_t whole_number(const Value& value, char type) {
  if (value.is_integer()) return value.integer();
  if (value.is<double>() && (type == 'd' || type == 'i' || type == 'u') &&
      std::abs(value.get<double>()) < 9e18) {
    return static_cast<std::int64_t>(value.get<double>());
  }
  throw EvaluationError{std::string("%") + type + " format: a number is required, not " + value.type_name()};
}

MarkedText convert(const Conversion& conversion, const Value& value) {
  char type = conversion.type;
  if (type == 's' || type == 'r') {
    MarkedText text = type == 's' ? to_text(value) : to_repr(value);
    if (conversion.precision >= 0) {
      auto points = python::code_points(text.bytes());
      if (static_cast<std::int64_t>(points.size()) > conversion.precision) {
        points.resize(static_cast<std::size_t>(conversion.precision));
        text = text.substr(0, python::to_utf8(points).size());
      }
    }
    return pad(std::move(text), conversion);
  }
  if (type == 'c') {
    if (value.is_text() && python::length(value.text().bytes()) == 1) return pad(value.text(), conversion);
    const std::int64_t point = whole_number(value, type);
    if (point < 0 || point > 0x10FFFF) throw EvaluationError{"%c arg not in range(0x110000)"};
    return pad(MarkedText(python::to_utf8({static_cast<std::int32_t>(point)})), conversion);
  }
  const std::string width = conversion.width > 0 ? std::to_string(conversion.width) : "";
  const std::string precision = conversion.precision >= 0 ? "." + std::to_string(conversion.precision) : "";
  const std::string prefix = "%" + conversion.flags + width + precision;
  const auto size = static_cast<std::size_t>(std::max(conversion.width, conversion.precision) + 400);
  Budget::text(size);
  std::vector<char> buffer(size);
  if (type == 'd' || type == 'i' || type == 'u' || type == 'x' || type == 'X' || type == 'o') {
    if (type == 'u') type = 'd';
    const std::int64_t number = whole_number(value, type);
    if (number < 0 && type != 'd' && type != 'i')
      throw EvaluationError{"%x and %o of negative numbers are not supported"};
    std::snprintf(buffer.data(), buffer.size(), (prefix + "l" + type).c_str(), static_cast<long>(number));
  } else {
    if (!value.is_number()) throw EvaluationError{"must be real number, not " + value.type_name()};
    std::snprintf(buffer.data(), buffer.size(), (prefix + type).c_str(), value.number());
  }
  return MarkedText(std::string(buffer.data()));
}

class PercentFormatter {
 public:
  PercentFormatter(const MarkedText& format, const Value& argument) : format_(format), argument_(argument) {
    tuple_ = argument.is<List*>() && argument.get<List*>()->tuple;
  }

  MarkedText run() {
    MarkedText out;
    const std::string& bytes = format_.bytes();
    while (at_ < bytes.size()) {
      const std::size_t next = std::min(bytes.find('%', at_), bytes.size());
      out.append(format_, at_, next - at_);
      at_ = next;
      if (at_ == bytes.size()) break;
      ++at_;
      out.append(read_conversion());
    }
    const std::size_t given = tuple_ ? argument_.get<List*>()->items.size() : 1;
    if (taken_ < given && !argument_.is<Dict*>()) {
      throw EvaluationError{"not all arguments converted during string formatting"};
    }
    return out;
  }

 private:
  char peek() const {
    if (at_ >= format_.size()) throw EvaluationError{"incomplete format"};
    return format_.bytes()[at_];
  }
  Value take() {
    if (!tuple_) {
      if (taken_++ > 0) throw EvaluationError{"not enough arguments for format string"};
      return argument_;
    }
    const auto& items = argument_.get<List*>()->items;
    if (taken_ >= items.size()) throw EvaluationError{"not enough arguments for format string"};
    return items[taken_++];
  }
  std::int64_t read_number() {
    if (peek() == '*') {
      ++at_;
      const Value value = take();
      if (!value.is_integer()) throw EvaluationError{"* wants int"};
      return std::clamp<std::int64_t>(value.integer(), 0, max_width);
    }
    std::int64_t out = 0;
    while (peek() >= '0' && peek() <= '9') {
      out = out * 10 + (peek() - '0');
      if (out > max_width) throw EvaluationError{"the width of a format is too large"};
      ++at_;
    }
    return out;
  }
  MarkedText read_conversion() {
    Conversion conversion;
    std::optional<Value> named;
    if (peek() == '(') {
      const std::size_t end = format_.bytes().find(')', at_);
      if (end == std::string::npos) throw EvaluationError{"incomplete format key"};
      if (!argument_.is<Dict*>()) throw EvaluationError{"format requires a mapping"};
      const std::string key = format_.bytes().substr(at_ + 1, end - at_ - 1);
      const Value* const found = argument_.get<Dict*>()->find(Value(key));
      if (found == nullptr) throw EvaluationError{"no key '" + key + "'"};
      named = *found;
      at_ = end + 1;
    }
    while (std::string_view("#0- +").find(peek()) != std::string_view::npos)
      conversion.flags += format_.bytes()[at_++];
    conversion.width = read_number();
    if (peek() == '.') {
      ++at_;
      conversion.precision = read_number();
    }
    while (peek() == 'l' || peek() == 'h' || peek() == 'L') ++at_;
    conversion.type = peek();
    ++at_;
    if (conversion.type == '%') return MarkedText(std::string("%"));
    if (std::string_view("srcdiuxXofFeEgG").find(conversion.type) == std::string_view::npos) {
      throw EvaluationError{std::string("unsupported format character '") + conversion.type + "'"};
    }
    return convert(conversion, named ? *named : take());
  }

  const MarkedText& format_;
  const Value& argument_;
  std::size_t at_ = 0;
  std::size_t taken_ = 0;
  bool tuple_ = false;
};

class JsonWriter {
 public:
  explicit JsonWriter(const JsonStyle& style) : style_(style) {}

  MarkedText write(const Value& value) {
    append(value, 0);
    return std::move(out_);
  }

 private:
  void append_string(const MarkedText& text) {
    Budget::work(text.size());
    std::string escaped = "\"";
    for (const std::int32_t point : python::code_points(text.bytes())) escape(point, escaped);
    out_.append(escaped + "\"", text.any_marked());
  }
  void escape(std::int32_t point, std::string& out) const {
    static constexpr std::string_view controls = "\b\f\n\r\t\"\\";
    static constexpr std::string_view letters = "bfnrt\"\\";
    const auto known = point < 0x80 ? controls.find(static_cast<char>(point)) : std::string_view::npos;
    if (known != std::string_view::npos) {
      out += '\\';
      out += letters[known];
    } else if (point < 0x20 || (style_.ensure_ascii && point > 0x7E && point < 0x10000)) {
      out += point == 0x7F ? "\x7F" : fmt::format("\\u{:04x}", point);
    } else if (style_.ensure_ascii && point >= 0x10000) {
      const std::int32_t rest = point - 0x10000;
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
    } else {
      out += python::to_utf8({point});
    }
  }
  void new_line(int depth) {
    if (!style_.indent) return;
    Budget::text(1 + style_.indent->size() * static_cast<std::size_t>(depth));
    out_.append("\n");
    for (int i = 0; i < depth; ++i) out_.append(*style_.indent);
  }
  // Python strips the space after the comma where lines are broken.
  void separate() {
    Budget::text(style_.item_separator.size());
    out_.append(style_.item_separator);
  }

  void append(const Value& value, int depth) {
    const Depth guard;
    Budget::work(value_work);
    if (value.is_text()) {
      append_string(value.text());
    } else if (value.is<None>()) {
      out_.append("null");
    } else if (value.is<bool>()) {
      out_.append(value.get<bool>() ? "true" : "false");
    } else if (value.is<std::int64_t>()) {
      out_.append(std::to_string(value.integer()));
    } else if (value.is<double>()) {
      out_.append(number(value.get<double>()));
    } else if (value.is_sequence()) {
      append_list(*value.get<List*>(), depth);
    } else if (value.is<Dict*>()) {
      append_dict(*value.get<Dict*>(), depth);
    } else {
      throw EvaluationError{"Object of type " + value.type_name() + " is not JSON serializable"};
    }
  }
  static std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
    return python::repr(value);
  }
  void append_list(const List& list, int depth) {
    if (list.items.empty()) return out_.append("[]");
    out_.append("[");
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) separate();
      new_line(depth + 1);
      append(list.items[i], depth + 1);
    }
    new_line(depth);
    out_.append("]");
  }
  void append_dict(const Dict& dict, int depth) {
    if (dict.items.empty()) return out_.append("{}");
    auto items = dict.items;
    if (style_.sort_keys) {
      std::stable_sort(items.begin(), items.end(),
                       [](const auto& a, const auto& b) { return compare(a.first, b.first) < 0; });
    }
    out_.append("{");
    bool first = true;
    for (const auto& [key, value] : items) {
      if (!first) separate();
      first = false;
      new_line(depth + 1);
      append_key(key);
      Budget::text(style_.key_separator.size());
      out_.append(style_.key_separator);
      append(value, depth + 1);
    }
    new_line(depth);
    out_.append("}");
  }
  void append_key(const Value& key) {
    if (key.is_text()) return append_string(key.text());
    if (key.is<None>()) return out_.append("\"null\"");
    if (key.is<bool>()) return out_.append(key.get<bool>() ? "\"true\"" : "\"false\"");
    if (key.is<std::int64_t>()) return out_.append("\"" + std::to_string(key.integer()) + "\"");
    if (key.is<double>()) return out_.append("\"" + number(key.get<double>()) + "\"");
    throw EvaluationError{"keys must be str, int, float, bool or None, not " + key.type_name()};
  }

  const JsonStyle& style_;
  MarkedText out_;
};

}  // namespace

MarkedText format_percent(const MarkedText& format, const Value& argument) {
  return PercentFormatter(format, argument).run();
}

MarkedText to_json(const Value& value, const JsonStyle& style) {
  return JsonWriter(style).write(value);
}

}  // namespace assay::text::jinja
