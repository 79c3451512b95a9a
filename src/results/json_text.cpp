#include "results/json_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "assay/util/utf8.hpp"

namespace assay::results {
namespace {

using util::OrderedJson;

void append_json_string(std::string& out, const std::string& raw) {
  const std::string text = util::replace_invalid_utf8(raw);
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
                                  : text::python::repr(number);
      return;
    }
    default:
      out += value.dump();
  }
}

}  // namespace

std::string python_json(const OrderedJson& value, int indent) {
  std::string out;
  append_json(out, value, indent, 0);
  return out;
}

}  // namespace assay::results
