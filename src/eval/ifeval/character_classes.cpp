#include "eval/ifeval/character_classes.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "assay/text/python.hpp"
#include "assay/util/utf8.hpp"

namespace assay::eval {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// PropList.txt, Other_Uppercase and Other_Lowercase: what has case without being Lu or Ll.
constexpr std::array<Range, 5> other_upper = {
    {{0x2160, 0x216f}, {0x24b6, 0x24cf}, {0x1f130, 0x1f149}, {0x1f150, 0x1f169}, {0x1f170, 0x1f189}}};
constexpr std::array<Range, 28> other_lower = {
    {{0xaa, 0xaa},       {0xba, 0xba},       {0x2b0, 0x2b8},    {0x2c0, 0x2c1},     {0x2e0, 0x2e4},
     {0x345, 0x345},     {0x37a, 0x37a},     {0x10fc, 0x10fc},  {0x1d2c, 0x1d6a},   {0x1d78, 0x1d78},
     {0x1d9b, 0x1dbf},   {0x2071, 0x2071},   {0x207f, 0x207f},  {0x2090, 0x209c},   {0x2170, 0x217f},
     {0x24d0, 0x24e9},   {0x2c7c, 0x2c7d},   {0xa69c, 0xa69d},  {0xa770, 0xa770},   {0xa7f2, 0xa7f4},
     {0xa7f8, 0xa7f9},   {0xab5c, 0xab5f},   {0xab69, 0xab69},  {0x10780, 0x10780}, {0x10783, 0x10785},
     {0x10787, 0x107b0}, {0x107b2, 0x107ba}, {0x1e030, 0x1e06d}}};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, char32_t code) {
  return std::ranges::any_of(ranges, [code](Range r) { return code >= r.first && code <= r.last; });
}

utf8proc_category_t category(char32_t code) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code));
}

enum class Case { none, lower, upper, title };

Case case_of(char32_t code) {
  if (code < 0x80) {
    if (code >= 'a' && code <= 'z') return Case::lower;
    return code >= 'A' && code <= 'Z' ? Case::upper : Case::none;
  }
  switch (category(code)) {
    case UTF8PROC_CATEGORY_LU:
      return Case::upper;
    case UTF8PROC_CATEGORY_LL:
      return Case::lower;
    case UTF8PROC_CATEGORY_LT:
      return Case::title;
    default:
      if (contains(other_lower, code)) return Case::lower;
      return contains(other_upper, code) ? Case::upper : Case::none;
  }
}

// All that has case is of the wanted one, and something is.
bool is_all(Case wanted, std::string_view text) {
  bool found = false;
  for (std::size_t at = 0; at < text.size();) {
    const util::Character character = util::character_at(text, at);
    at += character.size;
    const Case given = case_of(character.code);
    if (given != Case::none && given != wanted) return false;
    found = found || given == wanted;
  }
  return found;
}

}  // namespace

bool is_upper(char32_t code) {
  return case_of(code) == Case::upper;
}
bool is_lower(char32_t code) {
  return case_of(code) == Case::lower;
}
bool is_upper_text(std::string_view text) {
  return is_all(Case::upper, text);
}
bool is_lower_text(std::string_view text) {
  return is_all(Case::lower, text);
}

bool is_word(char32_t code) {
  if (code < 0x80) {
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9') ||
           code == '_';
  }
  // Alphabetic beyond letters and marks: letter numbers, and letters in circles and squares.
  constexpr std::array<Range, 4> enclosed = {
      {{0x24b6, 0x24e9}, {0x1f130, 0x1f149}, {0x1f150, 0x1f169}, {0x1f170, 0x1f189}}};
  switch (category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return code == 0x200c || code == 0x200d || contains(enclosed, code);
  }
}

bool is_decimal(char32_t code) {
  return code < 0x80 ? code >= '0' && code <= '9' : category(code) == UTF8PROC_CATEGORY_ND;
}

bool is_white_space(char32_t code) {
  return (code < 0x1c || code > 0x1f) && text::python::is_space(static_cast<std::int32_t>(code));
}

}  // namespace assay::eval
