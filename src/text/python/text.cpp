#include "assay/text/python.hpp"

#include <utf8proc.h>

#include <algorithm>

#include "assay/util/utf8.hpp"

namespace assay::text::python {
namespace {

// One code point from the front of `text`, and its length in bytes; U+FFFD for what is not UTF-8.
std::pair<std::int32_t, std::size_t> decode(std::string_view text) {
  const util::Utf8Scan scan = util::scan_utf8(text, 0);
  if (scan.kind != util::Utf8Scan::Kind::valid) return {0xfffd, scan.size};
  return {static_cast<std::int32_t>(util::character_at(text, 0).code), scan.size};
}

}  // namespace

bool is_space(std::int32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x9 && c <= 0xd) || (c >= 0x1c && c <= 0x1f);
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool is_letter(std::int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return true;
    default:
      return false;
  }
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
  for (const std::int32_t point : points) util::append_character(out, static_cast<char32_t>(point));
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

}  // namespace assay::text::python
