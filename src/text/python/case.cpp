#include "assay/text/python.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "assay/util/utf8.hpp"
#include "text/python/special_casing.hpp"

namespace assay::text::python {
namespace {

constexpr std::int32_t capital_sigma = 0x3a3;

void append(std::string& out, std::int32_t point) {
  util::append_character(out, static_cast<char32_t>(point));
}

// Characters with case that are no cased letters: Other_Lowercase and Other_Uppercase of PropList.txt.
constexpr std::pair<std::int32_t, std::int32_t> other_cased[] = {
    {0xaa, 0xaa},       {0xba, 0xba},       {0x2b0, 0x2b8},     {0x2c0, 0x2c1},     {0x2e0, 0x2e4},
    {0x345, 0x345},     {0x37a, 0x37a},     {0x1d2c, 0x1d6a},   {0x1d78, 0x1d78},   {0x1d9b, 0x1dbf},
    {0x2071, 0x2071},   {0x207f, 0x207f},   {0x2090, 0x209c},   {0x2160, 0x217f},   {0x24b6, 0x24e9},
    {0x2c7c, 0x2c7d},   {0xa69c, 0xa69d},   {0xa770, 0xa770},   {0xa7f8, 0xa7f9},   {0xab5c, 0xab5f},
    {0x10780, 0x10780}, {0x10783, 0x10785}, {0x10787, 0x107b0}, {0x107b2, 0x107ba}, {0x1f130, 0x1f149},
    {0x1f150, 0x1f169}, {0x1f170, 0x1f189}};

// Derived property Cased (Unicode core specification, D135).
bool is_cased(std::int32_t point) {
  const auto category = utf8proc_category(point);
  if (category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
      category == UTF8PROC_CATEGORY_LT)
    return true;
  return std::ranges::any_of(
      other_cased, [&](const auto& range) { return range.first <= point && point <= range.second; });
}

// Derived property Case_Ignorable (Unicode core specification, D136).
bool is_case_ignorable(std::int32_t point) {
  constexpr std::int32_t mid_letters[] = {0x27,   0x2e,   0x3a,   0xb7,   0x387,  0x55f,
                                          0x5f4,  0x2018, 0x2019, 0x2024, 0x2027, 0xfe13,
                                          0xfe52, 0xfe55, 0xff07, 0xff0e, 0xff1a};
  if (std::ranges::find(mid_letters, point) != std::end(mid_letters)) return true;
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      return false;
  }
}

// Sigma at the end of a word has its own lower-case form.
bool is_final_sigma(std::span<const std::int32_t> points, std::size_t at) {
  std::size_t before = at;
  while (before > 0 && is_case_ignorable(points[before - 1])) --before;
  if (before == 0 || !is_cased(points[before - 1])) return false;
  std::size_t after = at + 1;
  while (after < points.size() && is_case_ignorable(points[after])) ++after;
  return after == points.size() || !is_cased(points[after]);
}

void append_lower(std::string& out, std::span<const std::int32_t> points, std::size_t at) {
  const std::int32_t point = points[at];
  if (point == 0x130) {
    append(out, 'i');
    append(out, 0x307);
  } else if (point == capital_sigma) {
    append(out, is_final_sigma(points, at) ? 0x3c2 : 0x3c3);
  } else {
    append(out, utf8proc_tolower(point));
  }
}

enum class Case { upper, title };

void append_cased(std::string& out, std::int32_t point, Case form) {
  const auto special = std::ranges::lower_bound(special_casing, point, {}, &SpecialCasing::code_point);
  if (special != special_casing.end() && special->code_point == point) {
    for (const std::int32_t part : form == Case::upper ? special->upper : special->title) {
      if (part != 0) append(out, part);
    }
    return;
  }
  append(out, form == Case::upper ? utf8proc_toupper(point) : utf8proc_totitle(point));
}

}  // namespace

std::string lower(std::string_view text) {
  const auto points = code_points(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < points.size(); ++i) append_lower(out, points, i);
  return out;
}

std::string upper(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const std::int32_t point : code_points(text)) append_cased(out, point, Case::upper);
  return out;
}

std::string casefold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const std::int32_t point : code_points(text)) {
    std::array<utf8proc_int32_t, 8> folded{};
    int boundary = 0;
    const auto size =
        utf8proc_decompose_char(point, folded.data(), folded.size(), UTF8PROC_CASEFOLD, &boundary);
    for (utf8proc_ssize_t i = 0; i < std::min<utf8proc_ssize_t>(size, folded.size()); ++i)
      append(out, folded[static_cast<std::size_t>(i)]);
  }
  return out;
}

std::string capitalize(std::string_view text) {
  const auto points = code_points(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i == 0)
      append_cased(out, points[i], Case::title);
    else
      append_lower(out, points, i);
  }
  return out;
}

std::string title(std::string_view text) {
  const auto points = code_points(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i > 0 && is_cased(points[i - 1]))
      append_lower(out, points, i);
    else
      append_cased(out, points[i], Case::title);
  }
  return out;
}

}  // namespace assay::text::python
