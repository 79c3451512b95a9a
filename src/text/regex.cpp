#include "text/regex.hpp"

#include "assay/util/error.hpp"
#include "assay/util/utf8.hpp"

namespace assay::text {
namespace {

constexpr std::size_t max_pattern_bytes = 16384;

Pcre compile(std::string_view pattern, std::string_view source) {
  util::check_input(pattern.size() <= max_pattern_bytes, "{}: the pattern is too long ({} bytes, limit {})",
                    source, pattern.size(), max_pattern_bytes);
  return {to_pcre2(pattern, source), Pcre::Anchors::lines,
          fmt::format("{}: the pattern \"{}\"", source, pattern)};
}

}  // namespace

Regex::Regex(std::string_view pattern, std::string_view source) : pcre_(compile(pattern, source)) {}

std::vector<ByteRange> Regex::find_all(std::string_view text) const {
  std::vector<ByteRange> found;
  std::optional<Pcre::Search> search;
  find_all(text, search, found);
  return found;
}

void Regex::find_all(std::string_view text, std::optional<Pcre::Search>& search,
                     std::vector<ByteRange>& found) const {
  found.clear();
  if (search) {
    search->restart(text);
  } else {
    search.emplace(pcre_, text);
  }
  std::size_t from = 0;
  while (from <= text.size() && search->next(from)) {
    const ByteRange range = search->match();
    const bool repeated = range.begin == range.end && !found.empty() && found.back().end == range.end;
    if (!repeated) found.push_back(range);
    from = range.end;
    if (repeated) from += from < text.size() ? util::character_at(text, from).size : 1;
  }
}

}  // namespace assay::text
