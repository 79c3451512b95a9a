#include "assay/eval/python_value.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

// Reader of Python literals. Every member function leaves `rest_` after what it read, or sets failed_.
class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : rest_(text) {}

  std::optional<OrderedJson> read() {
    OrderedJson value = read_value(0);
    skip_space();
    if (failed_ || !rest_.empty()) return std::nullopt;
    return value;
  }

 private:
  static constexpr int max_depth = 32;

  OrderedJson fail() {
    failed_ = true;
    return nullptr;
  }

  void skip_space() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\n' || rest_[0] == '\r')) {
      rest_.remove_prefix(1);
    }
  }

  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  OrderedJson read_value(int depth) {
    skip_space();
    if (depth > max_depth || rest_.empty()) return fail();
    if (rest_[0] == '[') return read_list(']', depth);
    if (rest_[0] == '(') return read_list(')', depth);
    if (rest_[0] == '\'' || rest_[0] == '"') return read_text();
    if (take("None")) return nullptr;
    if (take("True")) return true;
    if (take("False")) return false;
    return read_number();
  }

  OrderedJson read_list(char close, int depth) {
    rest_.remove_prefix(1);
    OrderedJson list = OrderedJson::array();
    bool comma = false;
    for (;;) {
      skip_space();
      if (take(std::string_view(&close, 1))) break;
      list.push_back(read_value(depth + 1));
      if (failed_) return nullptr;
      skip_space();
      comma = take(",");
      if (!comma && (rest_.empty() || rest_[0] != close)) return fail();
    }
    // (x) is x; (x,) is a tuple.
    if (close == ')' && list.size() == 1 && !comma) return list[0];
    return list;
  }

  // String literals side by side are one.
  OrderedJson read_text() {
    std::string text;
    do {
      if (!read_one_text(text)) return fail();
      skip_space();
    } while (!rest_.empty() && (rest_[0] == '\'' || rest_[0] == '"'));
    return text;
  }

  bool read_one_text(std::string& text) {
    const char quote = rest_[0];
    const std::string tripled(3, quote);
    const bool is_long = rest_.starts_with(tripled);
    const std::string_view close = is_long ? std::string_view(tripled) : std::string_view(&quote, 1);
    rest_.remove_prefix(close.size());
    while (!rest_.starts_with(close)) {
      if (rest_.empty() || (rest_[0] == '\n' && !is_long)) return false;
      if (rest_[0] == '\\') {
        if (!read_escape(text)) return false;
      } else {
        text += rest_[0];
        rest_.remove_prefix(1);
      }
    }
    rest_.remove_prefix(close.size());
    return true;
  }

  bool read_escape(std::string& text) {
    if (rest_.size() < 2) return false;
    const char kind = rest_[1];
    rest_.remove_prefix(2);
    constexpr std::string_view letters = "\\'\"abfnrtv";
    constexpr std::string_view meanings = "\\'\"\a\b\f\n\r\t\v";
    if (const auto at = letters.find(kind); at != std::string_view::npos) {
      text += meanings[at];
      return true;
    }
    if (kind == '\n') return true;
    const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    if (digits == 0) {
      // Octal and named escapes do not occur in repr(); an unknown escape stands for itself.
      if ((kind >= '0' && kind <= '7') || kind == 'N') return false;
      text += '\\';
      text += kind;
      return true;
    }
    if (rest_.size() < digits) return false;
    std::uint32_t point = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + digits, point, 16);
    if (error != std::errc() || end != rest_.data() + digits) return false;
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
    text += text::python::to_utf8({static_cast<std::int32_t>(point)});
    rest_.remove_prefix(digits);
    return true;
  }

  OrderedJson read_number() {
    std::size_t end = 0;
    while (end < rest_.size() &&
           std::string_view("+-.0123456789eE").find(rest_[end]) != std::string_view::npos)
      ++end;
    std::string_view body = rest_.substr(0, end);
    rest_.remove_prefix(end);
    bool negative = false;
    if (!body.empty() && (body[0] == '-' || body[0] == '+')) {
      negative = body[0] == '-';
      body.remove_prefix(1);
    }
    if (text::python::is_digits(body)) {
      const bool leading_zero = body[0] == '0' && body.find_first_not_of('0') != std::string_view::npos;
      std::int64_t value = 0;
      const auto result = std::from_chars(body.data(), body.data() + body.size(), value);
      if (leading_zero || result.ec != std::errc()) return fail();
      return negative ? -value : value;
    }
    double value = 0;
    const auto result = std::from_chars(body.data(), body.data() + body.size(), value);
    if (body.empty() || body[0] == '-' || result.ec != std::errc() ||
        result.ptr != body.data() + body.size()) {
      return fail();
    }
    return negative ? -value : value;
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace

std::string python_repr(const OrderedJson& value) {
  switch (value.type()) {
    case OrderedJson::value_t::null:
      return "None";
    case OrderedJson::value_t::boolean:
      return value.get<bool>() ? "True" : "False";
    case OrderedJson::value_t::number_float:
      return text::python::repr(value.get<double>());
    case OrderedJson::value_t::string:
      return text::python::repr(value.get_ref<const std::string&>());
    case OrderedJson::value_t::array: {
      std::string out = "[";
      for (std::size_t i = 0; i < value.size(); ++i) out += (i > 0 ? ", " : "") + python_repr(value[i]);
      return out + "]";
    }
    case OrderedJson::value_t::object: {
      std::string out = "{";
      for (const auto& [key, member] : value.items()) {
        out += (out.size() > 1 ? ", " : "") + text::python::repr(key) + ": " + python_repr(member);
      }
      return out + "}";
    }
    default:
      return value.dump();  // integers
  }
}

std::string python_str(const OrderedJson& value) {
  return value.is_string() ? value.get<std::string>() : python_repr(value);
}

std::optional<OrderedJson> python_literal(std::string_view text) {
  return LiteralReader(text).read();
}

}  // namespace assay::eval
