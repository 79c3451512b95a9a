#include "results/python_text.hpp"

#include <utf8proc.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "assay/util/error.hpp"

namespace assay::results {
namespace {

using util::OrderedJson;

// Bytes of the well-formed sequence at the start of `text`, or 0.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  // The second byte's range rules out overlong forms, surrogates and what lies beyond U+10FFFF.
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// str.isprintable() of one character: not a control, format, surrogate, private, unassigned or separator one,
// except the space.
bool is_printable(utf8proc_int32_t code) {
  if (code == ' ') return true;
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

void append_repr_character(std::string& out, std::string_view sequence, char quote) {
  utf8proc_int32_t code = 0;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(sequence.data()),
                   static_cast<utf8proc_ssize_t>(sequence.size()), &code);
  const auto value = static_cast<std::uint32_t>(code);
  if (code == quote || code == '\\') {
    out += '\\';
    out += static_cast<char>(code);
  } else if (code == '\n') {
    out += "\\n";
  } else if (code == '\r') {
    out += "\\r";
  } else if (code == '\t') {
    out += "\\t";
  } else if (is_printable(code)) {
    out += sequence;
  } else if (value <= 0xFF) {
    out += fmt::format("\\x{:02x}", value);
  } else if (value <= 0xFFFF) {
    out += fmt::format("\\u{:04x}", value);
  } else {
    out += fmt::format("\\U{:08x}", value);
  }
}

std::string repr(const std::string& raw) {
  const std::string text = valid_utf8(raw);
  const bool double_quotes = text.find('\'') != std::string::npos && text.find('"') == std::string::npos;
  const char quote = double_quotes ? '"' : '\'';
  std::string out(1, quote);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(std::string_view(text).substr(at));
    append_repr_character(out, std::string_view(text).substr(at, length), quote);
    at += length;
  }
  return out + quote;
}

void append_repr(std::string& out, const OrderedJson& value) {
  if (value.is_string()) {
    out += repr(value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out += ", ";
      append_repr(out, value[i]);
    }
    out += ']';
  } else if (value.is_object()) {
    out += '{';
    bool first = true;
    for (const auto& [key, member] : value.items()) {
      if (!first) out += ", ";
      first = false;
      out += repr(key) + ": ";
      append_repr(out, member);
    }
    out += '}';
  } else {
    out += python_str(value);
  }
}

void append_json_string(std::string& out, const std::string& raw) {
  const std::string text = valid_utf8(raw);
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// Separators and line breaks of one nesting level.
void append_break(std::string& out, bool first, int indent, int depth) {
  if (indent >= 0) {
    out += first ? "\n" : ",\n";
    out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(depth), ' ');
  } else if (!first) {
    out += ", ";
  }
}

void append_json(std::string& out, const OrderedJson& value, int indent, int depth) {
  const auto close = [&](char bracket) {
    if (indent >= 0 && !value.empty()) append_break(out, true, indent, depth);
    out += bracket;
  };
  bool first = true;
  switch (value.type()) {
    case OrderedJson::value_t::object:
      out += '{';
      for (const auto& [key, member] : value.items()) {
        append_break(out, first, indent, depth + 1);
        first = false;
        append_json_string(out, key);
        out += ": ";
        append_json(out, member, indent, depth + 1);
      }
      return close('}');
    case OrderedJson::value_t::array:
      out += '[';
      for (const auto& item : value) {
        append_break(out, first, indent, depth + 1);
        first = false;
        append_json(out, item, indent, depth + 1);
      }
      return close(']');
    case OrderedJson::value_t::string:
      return append_json_string(out, value.get_ref<const std::string&>());
    case OrderedJson::value_t::number_float: {
      const double number = value.get<double>();
      out += std::isnan(number)   ? "NaN"
             : std::isinf(number) ? (number > 0 ? "Infinity" : "-Infinity")
                                  : python_float(number);
      return;
    }
    default:
      out += value.dump();
  }
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text.substr(at));
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string valid_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text.substr(at));
    out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(at, length);
    at += length == 0 ? 1 : length;
  }
  return out;
}

std::string python_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 40> buffer{};
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  ASSAY_CHECK(result.ec == std::errc());
  const std::string_view text(buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  const bool negative = text.front() == '-';
  std::string digits;
  for (const char c : text.substr(0, e)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  const bool small = text[e + 1] == '-';
  int exponent = 0;
  std::from_chars(text.data() + e + 2, text.data() + text.size(), exponent);
  if (small) exponent = -exponent;
  std::string out = negative ? "-" : "";
  if (exponent < -4 || exponent >= 16) {  // where repr() changes to scientific notation
    out += digits.substr(0, 1);
    if (digits.size() > 1) out += "." + digits.substr(1);
    return out + fmt::format("e{}{:02d}", exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  if (exponent < 0) return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() < whole) digits.append(whole - digits.size(), '0');
  out += digits.substr(0, whole) + ".";
  return out + (digits.size() > whole ? digits.substr(whole) : "0");
}

std::string python_str(const OrderedJson& value) {
  switch (value.type()) {
    case OrderedJson::value_t::string:
      return value.get<std::string>();
    case OrderedJson::value_t::null:
      return "None";
    case OrderedJson::value_t::boolean:
      return value.get<bool>() ? "True" : "False";
    case OrderedJson::value_t::number_float:
      return python_float(value.get<double>());
    case OrderedJson::value_t::number_integer:
    case OrderedJson::value_t::number_unsigned:
      return value.dump();
    default:
      break;
  }
  std::string out;
  append_repr(out, value);
  return out;
}

std::string python_json(const OrderedJson& value, int indent) {
  std::string out;
  append_json(out, value, indent, 0);
  return out;
}

}  // namespace assay::results
