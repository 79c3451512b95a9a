#include "eval/ifeval/counted_pattern.hpp"

#include <fmt/format.h>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {
namespace {

constexpr std::size_t max_pattern_bytes = 64 * 1024;

text::Pcre compile(const std::string& pattern, Letters letters, std::string_view where) {
  util::check_input(pattern.size() <= max_pattern_bytes, "{}: a regular expression has {} bytes (limit {})",
                    where, pattern.size(), max_pattern_bytes);
  const std::string syntax = (letters == Letters::any_case ? "(?i)" : "") + translate_python_pattern(pattern);
  return {syntax, text::Pcre::Anchors::text,
          fmt::format("{}: the regular expression \"{}\"", where, text::python::shortened(pattern))};
}

}  // namespace

CountedPattern::CountedPattern(const std::string& pattern, Letters letters, std::string_view where)
    : pcre_(compile(pattern, letters, where)) {}

std::size_t CountedPattern::count(std::string_view text, std::size_t limit) const {
  using AtStart = text::Pcre::Search::AtStart;
  text::Pcre::Search search(pcre_, text);
  std::size_t found = 0;
  std::size_t from = 0;
  auto at_start = AtStart::any;
  while (found < limit && from <= text.size() && search.next(from, at_start)) {
    ++found;
    const text::ByteRange match = search.match();
    from = match.end;
    at_start = match.begin == match.end ? AtStart::not_empty : AtStart::any;  // Python's rule since 3.7
  }
  return found;
}

}  // namespace assay::eval
