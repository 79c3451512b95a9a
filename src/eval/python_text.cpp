#include "eval/python_text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <span>

#include "assay/util/utf8.hpp"

#include "eval/special_casing.hpp"

namespace assay::eval {
namespace {

constexpr std::int32_t capital_sigma = 0x3a3;

// One code point from the front of `text`, and its length in bytes; U+FFFD for what is not UTF-8.
std::pair<std::int32_t, std::size_t> decode(std::string_view text) {
  const util::Utf8Scan scan = util::scan_utf8(text, 0);
  if (scan.kind != util::Utf8Scan::Kind::valid) return {0xfffd, scan.size};
  return {static_cast<std::int32_t>(util::character_at(text, 0).code), scan.size};
}

void append(std::string& out, std::int32_t point) {
  util::append_character(out, static_cast<char32_t>(point));
}

// Derived property Cased: letters with case. (Other_Lowercase's modifier letters are case-ignorable too,
// which is tested first.)
bool is_cased(std::int32_t point) {
  const auto category = utf8proc_category(point);
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
         category == UTF8PROC_CATEGORY_LT;
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

bool is_space(std::int32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x9 && c <= 0xd) || (c >= 0x1c && c <= 0x1f);
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

std::vector<std::int32_t> code_points(std::string_view text) {
  std::vector<std::int32_t> points;
  points.reserve(text.size());
  while (!text.empty()) {
    const auto [point, used] = decode(text);
    points.push_back(point);
    text.remove_prefix(used);
  }
  return points;
}

std::string to_utf8(const std::vector<std::int32_t>& points) {
  std::string out;
  for (const std::int32_t point : points) append(out, point);
  return out;
}

std::size_t length(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(decode(text).second);
    ++count;
  }
  return count;
}

std::string_view lstrip(std::string_view text) {
  while (!text.empty()) {
    const auto [point, used] = decode(text);
    if (!is_space(point)) break;
    text.remove_prefix(used);
  }
  return text;
}

std::string_view rstrip(std::string_view text) {
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && text.size() - start < 4 && (static_cast<unsigned char>(text[start]) & 0xc0u) == 0x80u)
      --start;
    const auto [point, used] = decode(text.substr(start));
    if (start + used != text.size() || !is_space(point)) break;
    text.remove_suffix(used);
  }
  return text;
}

std::string_view strip(std::string_view text) {
  return lstrip(rstrip(text));
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  if (!separator.empty()) {
    std::size_t begin = 0;
    for (std::size_t end = text.find(separator); end != std::string_view::npos;
         end = text.find(separator, begin)) {
      parts.emplace_back(text.substr(begin, end - begin));
      begin = end + separator.size();
    }
    parts.emplace_back(text.substr(begin));
    return parts;
  }
  for (std::string_view rest = lstrip(text); !rest.empty(); rest = lstrip(rest)) {
    std::size_t end = 0;
    while (end < rest.size()) {
      const auto [point, used] = decode(rest.substr(end));
      if (is_space(point)) break;
      end += used;
    }
    parts.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  return parts;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from, begin)) {
    out.append(text.substr(begin, at - begin)).append(to);
    begin = at + from.size();
  }
  return out.append(text.substr(begin));
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
    ++found;
  return found;
}

std::int64_t count_words(std::string_view text) {
  std::int64_t words = 1;
  bool in_space = false;
  while (!text.empty()) {
    const auto [point, used] = decode(text);
    const bool space = is_space(point);
    if (space && !in_space) ++words;
    in_space = space;
    text.remove_prefix(used);
  }
  return words;
}

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

std::string shortened(std::string text) {
  constexpr std::size_t max_bytes = 200;
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;
  text.resize(end);
  return text + "...";
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace assay::eval
