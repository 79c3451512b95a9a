#include "eval/math/python_integer.hpp"

#include <utf8proc.h>

#include <cstddef>

#include "assay/text/python.hpp"
#include "assay/util/utf8.hpp"

namespace assay::eval::math {
namespace {

namespace python = text::python;

constexpr std::size_t digit_limit = 4300;

bool is_canonical(std::string_view text) {
  if (text == "0") return true;
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.front() != '0' && python::is_digits(text);
}

}  // namespace

bool is_decimal_digit(char32_t code) {
  if (code < 128) return code >= '0' && code <= '9';
  return utf8proc_category(static_cast<utf8proc_int32_t>(code)) == UTF8PROC_CATEGORY_ND;
}

PythonInteger python_integer(std::string_view text) {
  std::string_view rest = python::strip(text);
  if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
  std::size_t digits = 0;
  bool digit_before = false;
  while (!rest.empty()) {
    const util::Utf8Scan scan = util::scan_utf8(rest, 0);
    if (scan.kind != util::Utf8Scan::Kind::valid) return PythonInteger::error;
    const util::Character character = util::character_at(rest, 0);
    rest.remove_prefix(character.size);
    if (is_decimal_digit(character.code)) {
      ++digits;
      digit_before = true;
    } else if (character.code == '_' && digit_before && !rest.empty()) {
      digit_before = false;
    } else {
      return PythonInteger::error;
    }
  }
  if (!digit_before || digits > digit_limit) return PythonInteger::error;
  return is_canonical(text) ? PythonInteger::canonical : PythonInteger::other;
}

}  // namespace assay::eval::math
