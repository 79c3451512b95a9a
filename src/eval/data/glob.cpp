#include "eval/data/glob.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace assay::eval {
namespace {

constexpr std::size_t none = std::string_view::npos;

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = path.find('/');
    parts.push_back(path.substr(0, end));
    if (end == none) return parts;
    path.remove_prefix(end + 1);
  }
}

// End (behind the bracket) of the character set that begins at `at`, or npos: then "[" is itself.
std::size_t set_end(std::string_view pattern, std::size_t at) {
  std::size_t i = at + 1;
  if (i < pattern.size() && pattern[i] == '!') ++i;
  if (i < pattern.size() && pattern[i] == ']') ++i;
  const std::size_t close = pattern.find(']', i);
  return close == none ? none : close + 1;
}

bool in_set(std::string_view set, char c) {
  const bool negated = set.starts_with('!');
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool range = i + 2 < set.size() && set[i + 1] == '-';
    const auto low = static_cast<unsigned char>(set[i]);
    const auto high = static_cast<unsigned char>(range ? set[i + 2] : set[i]);
    found = found || (low <= static_cast<unsigned char>(c) && static_cast<unsigned char>(c) <= high);
    if (range) i += 2;
  }
  return found != negated;
}

// One character of the pattern against `c`; `next` is where the pattern goes on.
bool matches_one(std::string_view pattern, std::size_t at, char c, std::size_t& next) {
  next = at + 1;
  if (pattern[at] == '?') return true;
  if (pattern[at] == '[') {
    const std::size_t end = set_end(pattern, at);
    if (end != none) {
      next = end;
      return in_set(pattern.substr(at + 1, end - at - 2), c);
    }
  }
  return pattern[at] == c;
}

// A failure goes back to the last star alone: what came before it has matched with the least text.
bool part_matches(std::string_view pattern, std::string_view text) {
  if (pattern == "*") return !text.empty();
  std::size_t p = 0;
  std::size_t star = none;
  std::size_t star_text = 0;
  std::size_t next = 0;
  for (std::size_t t = 0; t < text.size();) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && matches_one(pattern, p, text[t], next)) {
      p = next;
      ++t;
    } else if (star != none) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[") != none;
}

bool glob_match(std::string_view pattern, std::string_view path) {
  const auto wanted = parts_of(pattern);
  const auto given = parts_of(path);
  std::size_t p = 0;
  std::size_t star = none;
  std::size_t star_given = 0;
  for (std::size_t g = 0; g < given.size();) {
    const bool last = p + 1 == wanted.size();
    if (p < wanted.size() && wanted[p] == "**") {
      if (last) return true;
      star = p++;
      star_given = g;
    } else if (p < wanted.size() && part_matches(wanted[p], given[g])) {
      ++p;
      ++g;
    } else if (star != none) {
      p = star + 1;
      g = ++star_given;
    } else {
      return false;
    }
  }
  return p == wanted.size();
}

}  // namespace assay::eval
