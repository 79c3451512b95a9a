#include "text/jinja/text_operations.hpp"

#include <string.h>  // NOLINT: memmem is GNU's

#include <algorithm>
#include <utility>

#include "assay/text/python.hpp"
#include "text/jinja/budget.hpp"

namespace assay::text::jinja {

namespace {

// Parts of a text may be many more than its limits foresee: each counts as a value when it is made.
void add_part(std::vector<MarkedText>& parts, MarkedText part) {
  Budget::values(1);
  parts.push_back(std::move(part));
}

// The bytes of the character at `at`.
std::size_t character_size(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return end - at;
}

// The bytes of the last character of a text that is not empty.
std::size_t last_character_size(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return text.size() - at;
}

bool is_in(std::string_view character, std::string_view characters) {
  for (std::size_t at = 0; at < characters.size(); at += character_size(characters, at)) {
    if (characters.substr(at, character_size(characters, at)) == character) return true;
  }
  return false;
}

std::vector<MarkedText> split_at_spaces(const MarkedText& text, std::int64_t most, bool from_right) {
  std::vector<MarkedText> out;
  std::size_t begin = 0;
  std::size_t end = text.size();
  const auto rest = [&] { return std::string_view(text.bytes()).substr(begin, end - begin); };
  const auto is_space_at = [&](std::size_t at, std::size_t size) {
    return python::is_space(python::code_points(std::string_view(text.bytes()).substr(at, size))[0]);
  };
  while (true) {
    begin = end - python::lstrip(rest()).size();
    end = begin + python::rstrip(rest()).size();
    if (begin == end) break;
    if (most >= 0 && static_cast<std::int64_t>(out.size()) == most) {
      add_part(out, text.substr(begin, end - begin));
      break;
    }
    if (from_right) {
      std::size_t at = end;
      while (at > begin && !is_space_at(at - last_character_size(rest().substr(0, at - begin)),
                                        last_character_size(rest().substr(0, at - begin)))) {
        at -= last_character_size(rest().substr(0, at - begin));
      }
      add_part(out, text.substr(at, end - at));
      end = at;
    } else {
      std::size_t at = begin;
      while (at < end && !is_space_at(at, character_size(text.bytes(), at)))
        at += character_size(text.bytes(), at);
      add_part(out, text.substr(begin, at - begin));
      begin = at;
    }
  }
  if (from_right) std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

MarkedText strip(const MarkedText& text, Side side, const std::optional<std::string>& characters) {
  std::string_view rest = text.bytes();
  if (!characters) {
    if (side != Side::right) rest = python::lstrip(rest);
    if (side != Side::left) rest = python::rstrip(rest);
  } else {
    Budget::work(text.size() * (characters->size() + 1) / 8);
    while (side != Side::right && !rest.empty() &&
           is_in(rest.substr(0, character_size(rest, 0)), *characters)) {
      rest.remove_prefix(character_size(rest, 0));
    }
    while (side != Side::left && !rest.empty() &&
           is_in(rest.substr(rest.size() - last_character_size(rest)), *characters)) {
      rest.remove_suffix(last_character_size(rest));
    }
  }
  return text.substr(static_cast<std::size_t>(rest.data() - text.bytes().data()), rest.size());
}

namespace {

std::vector<MarkedText> split_from_right(const MarkedText& text, const std::string& separator,
                                         std::int64_t most) {
  // Searched backwards, so that every search begins where the last one ended.
  const std::string mirrored(text.bytes().rbegin(), text.bytes().rend());
  const std::string mirrored_separator(separator.rbegin(), separator.rend());
  std::vector<MarkedText> out;
  std::size_t end = text.size();
  while (most < 0 || static_cast<std::int64_t>(out.size()) < most) {
    const std::size_t found = find_first(mirrored, mirrored_separator, text.size() - end);
    if (found == std::string::npos) break;
    const std::size_t begin = text.size() - found;
    add_part(out, text.substr(begin, end - begin));
    end = begin - separator.size();
  }
  add_part(out, text.substr(0, end));
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

std::vector<MarkedText> split(const MarkedText& text, const std::optional<std::string>& separator,
                              std::int64_t most, bool from_right) {
  if (!separator) return split_at_spaces(text, most, from_right);
  if (from_right) return split_from_right(text, *separator, most);
  std::vector<MarkedText> out;
  std::size_t begin = 0;
  while (most < 0 || static_cast<std::int64_t>(out.size()) < most) {
    const std::size_t at = find_first(text.bytes(), *separator, begin);
    if (at == std::string::npos) break;
    add_part(out, text.substr(begin, at - begin));
    begin = at + separator->size();
  }
  add_part(out, text.substr(begin));
  return out;
}

std::size_t find_first(std::string_view text, std::string_view word, std::size_t from) {
  if (from > text.size()) return std::string::npos;
  const void* const found = ::memmem(text.data() + from, text.size() - from, word.data(), word.size());
  if (found == nullptr) return std::string::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

std::size_t find_last(std::string_view text, std::string_view word) {
  const std::size_t found =
      find_first(std::string(text.rbegin(), text.rend()), std::string(word.rbegin(), word.rend()));
  return found == std::string::npos ? found : text.size() - found - word.size();
}

MarkedText slice_text(const MarkedText& text, std::int64_t begin, std::int64_t end, std::int64_t stride) {
  std::vector<std::size_t> starts;  // of every character, and the end
  for (std::size_t at = 0; at < text.size(); at += character_size(text.bytes(), at)) starts.push_back(at);
  starts.push_back(text.size());
  const auto start = [&](std::int64_t character) { return starts[static_cast<std::size_t>(character)]; };
  if (stride == 1) return begin < end ? text.substr(start(begin), start(end) - start(begin)) : MarkedText();
  MarkedText out;
  for (std::int64_t at = begin; stride > 0 ? at < end : at > end;) {
    out.append(text, start(at), start(at + 1) - start(at));
    if (__builtin_add_overflow(at, stride, &at)) break;
  }
  return out;
}

std::vector<MarkedText> split_lines(const MarkedText& text, bool keep_ends) {
  std::vector<MarkedText> out;
  const std::string& bytes = text.bytes();
  std::size_t begin = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t ending = 0;
    const char c = bytes[at];
    if (c == '\r' && at + 1 < bytes.size() && bytes[at + 1] == '\n') {
      ending = 2;
    } else if ((c >= '\n' && c <= '\r') || (c >= '\x1c' && c <= '\x1e')) {
      ending = 1;
    } else if (bytes.compare(at, 2, "\xC2\x85") == 0) {
      ending = 2;
    } else if (bytes.compare(at, 3, "\xE2\x80\xA8") == 0 || bytes.compare(at, 3, "\xE2\x80\xA9") == 0) {
      ending = 3;
    }
    if (ending == 0) {
      ++at;
      continue;
    }
    add_part(out, text.substr(begin, at - begin + (keep_ends ? ending : 0)));
    at += ending;
    begin = at;
  }
  if (begin < bytes.size()) add_part(out, text.substr(begin));
  return out;
}

MarkedText replace(const MarkedText& text, std::string_view from, const MarkedText& to, std::int64_t most) {
  MarkedText out;
  const std::string& bytes = text.bytes();
  std::size_t at = 0;
  std::int64_t done = 0;
  if (from.empty()) {  // between all characters
    while (most < 0 || done < most) {
      Budget::text(to.size());
      out.append(to);
      ++done;
      if (at >= bytes.size()) break;
      const std::size_t size = character_size(bytes, at);
      out.append(text, at, size);
      at += size;
    }
  } else {
    while (most < 0 || done < most) {
      const std::size_t next = find_first(bytes, from, at);
      if (next == std::string::npos) break;
      Budget::text(to.size());
      out.append(text, at, next - at);
      out.append(to);
      at = next + from.size();
      ++done;
    }
  }
  if (at < bytes.size()) out.append(text, at, bytes.size() - at);
  return out;
}

MarkedText escape_html(const MarkedText& text) {
  if (text.markup()) return text;
  MarkedText out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text.bytes()[at];
    const std::string_view entity = c == '&'    ? "&amp;"
                                    : c == '<'  ? "&lt;"
                                    : c == '>'  ? "&gt;"
                                    : c == '\'' ? "&#39;"
                                    : c == '"'  ? "&#34;"
                                                : "";
    if (entity.empty()) {
      out.append(text, at, 1);
    } else {
      out.append(entity, text.marked(at));
    }
  }
  return out;
}

MarkedText justify(const MarkedText& text, Side side, std::size_t count, std::string_view fill) {
  std::size_t left = side == Side::left ? count : 0;
  if (side == Side::both) {
    // CPython's str.center: the odd one goes left where both the padding and the width are odd.
    const std::size_t width = python::length(text.bytes()) + count;
    left = count / 2 + (count & width & 1);
  }
  MarkedText out;
  for (std::size_t i = 0; i < left; ++i) out.append(fill);
  out.append(text);
  for (std::size_t i = left; i < count; ++i) out.append(fill);
  return out;
}

}  // namespace assay::text::jinja
