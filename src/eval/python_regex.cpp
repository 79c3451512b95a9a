#include "eval/python_regex.hpp"

#include "assay/util/error.hpp"
#include "assay/util/utf8.hpp"

namespace assay::eval {
namespace {

using text::ByteRange;
using text::Pcre;

constexpr std::size_t max_pattern_bytes = 64 * 1024;

Pcre compile(const std::string& pattern) {
  util::check_input(pattern.size() <= max_pattern_bytes, "a regular expression has {} bytes (limit {})",
                    pattern.size(), max_pattern_bytes);
  return {translate_python_pattern(pattern), Pcre::Anchors::text,
          fmt::format("the regular expression \"{}\"", pattern)};
}

// Calls visit(groups, whole) for every match in valid UTF-8.
template <class Visit>
void for_each_match(const Pcre& pcre, std::string_view text, Visit visit) {
  Pcre::Search search(pcre, text);
  std::size_t from = 0;
  // After an empty match the next one may start here too, but must not be empty: Python >= 3.7.
  auto at_start = Pcre::Search::AtStart::any;
  while (from <= text.size() && search.next(from, at_start)) {
    // \K is refused by the translation, so a match never begins behind the search position.
    const ByteRange whole = search.match();
    PythonRegex::Groups groups(pcre.groups() + 1);
    groups[0] = text.substr(whole.begin, whole.end - whole.begin);
    for (std::size_t i = 1; i < groups.size(); ++i) {
      if (const auto part = search.group(i)) groups[i] = text.substr(part->begin, part->end - part->begin);
    }
    visit(groups, whole);
    from = whole.end;
    at_start = whole.begin == whole.end ? Pcre::Search::AtStart::not_empty : Pcre::Search::AtStart::any;
  }
}

}  // namespace

PythonRegex::PythonRegex(const std::string& pattern) : pcre_(compile(pattern)) {}

std::vector<PythonRegex::Groups> PythonRegex::find_all(std::string_view text) const {
  const std::string valid = util::replace_invalid_utf8(text);
  std::vector<Groups> all;
  for_each_match(pcre_, valid, [&](Groups& groups, ByteRange) { all.push_back(std::move(groups)); });
  return all;
}

std::string PythonRegex::substitute(std::string_view text,
                                    const std::function<std::string(const Groups&)>& replacement) const {
  const std::string valid = util::replace_invalid_utf8(text);
  std::string out;
  std::size_t copied = 0;
  for_each_match(pcre_, valid, [&](const Groups& groups, ByteRange whole) {
    out.append(valid, copied, whole.begin - copied);
    out += replacement(groups);
    copied = whole.end;
  });
  return out.append(valid, copied);
}

int PythonRegex::groups() const {
  return static_cast<int>(pcre_.groups());
}

}  // namespace assay::eval
