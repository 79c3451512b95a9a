#include "results/json_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"

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
                                  : eval::python_float(number);
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

std::string python_json(const OrderedJson& value, int indent) {
  std::string out;
  append_json(out, value, indent, 0);
  return out;
}

}  // namespace assay::results
