#include "eval/python_number.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>
#include "assay/text/python.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Decimal digits stand in runs of ten (or several tens) in every script.
char digit_of(std::int32_t point) {
  std::int32_t first = point;
  while (utf8proc_category(first - 1) == UTF8PROC_CATEGORY_ND) --first;
  return static_cast<char>('0' + (point - first) % 10);
}

// With ASCII digits and without "_" between digits; none if a character cannot be part of a number.
std::optional<std::string> plain(std::string_view text) {
  std::string out;
  for (const std::int32_t point : python::code_points(python::strip(text))) {
    if (point < 0x80)
      out += static_cast<char>(point);
    else if (utf8proc_category(point) == UTF8PROC_CATEGORY_ND)
      out += digit_of(point);
    else
      return std::nullopt;
  }
  std::string joined;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] != '_') {
      joined += out[i];
    } else if (i == 0 || i + 1 == out.size() || !is_digit(out[i - 1]) || !is_digit(out[i + 1])) {
      return std::nullopt;
    }
  }
  return joined;
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

// Whether this is digits[.digits][e[sign]digits] with a digit before the exponent.
bool is_decimal(std::string_view text) {
  std::size_t at = digits_at(text, 0);
  std::size_t digits = at;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_at(text, at + 1);
    digits += fraction;
    at += 1 + fraction;
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

// Whether a decimal that no double can hold is too large rather than too small.
bool is_large(std::string_view decimal) {
  const std::string_view mantissa = decimal.substr(0, decimal.find_first_of("eE"));
  std::string_view written = decimal.substr(std::min(mantissa.size() + 1, decimal.size()));
  if (written.starts_with('+')) written.remove_prefix(1);
  std::int64_t exponent = 0;
  if (std::from_chars(written.data(), written.data() + written.size(), exponent).ec != std::errc() &&
      !written.empty())
    return !written.starts_with('-');
  const auto point = static_cast<double>(std::min(mantissa.find('.'), mantissa.size()));
  const auto first = static_cast<double>(mantissa.find_first_of("123456789"));
  return point - first + static_cast<double>(exponent) > 0;
}

double value_of(std::string_view decimal) {
  double value = 0;
  const auto [end, error] = std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
  if (error == std::errc()) return value;
  return is_large(decimal) ? std::numeric_limits<double>::infinity() : 0.0;
}

}  // namespace

std::optional<double> python_to_float(std::string_view text) {
  const auto number = plain(text);
  if (!number || number->empty()) return std::nullopt;
  const bool is_signed = (*number)[0] == '+' || (*number)[0] == '-';
  const double sign = (*number)[0] == '-' ? -1.0 : 1.0;
  std::string rest = number->substr(is_signed ? 1 : 0);
  if (is_decimal(rest)) return sign * value_of(rest);
  std::ranges::transform(rest, rest.begin(), [](unsigned char c) { return std::tolower(c); });
  if (rest == "inf" || rest == "infinity") return sign * std::numeric_limits<double>::infinity();
  if (rest == "nan") return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

}  // namespace assay::eval
