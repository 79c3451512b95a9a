#include "text/text_pattern.hpp"

#include <algorithm>

namespace assay::text {
namespace {

struct Part {
  ByteRange range;
  bool delimiter;
};

// Matches and what lies between them.
std::vector<Part> parts_of(const std::vector<ByteRange>& matches, std::size_t size, bool invert) {
  std::vector<Part> parts;
  parts.reserve(matches.size() + 1);
  std::size_t end = 0;
  for (const ByteRange& match : matches) {
    if (end < match.begin) parts.push_back({{end, match.begin}, invert});
    parts.push_back({match, !invert});
    end = match.end;
  }
  if (end < size) parts.push_back({{end, size}, invert});
  return parts;
}

// A delimiter is joined to the piece that came before it in iteration order; `join` extends that piece.
template <class Iterator, class Join>
std::vector<ByteRange> merge_delimiters(Iterator begin, Iterator end, Join join) {
  std::vector<ByteRange> out;
  bool previous = false;
  for (auto it = begin; it != end; ++it) {
    if (it->delimiter && !previous && !out.empty()) {
      join(out.back(), it->range);
    } else {
      out.push_back(it->range);
    }
    previous = it->delimiter;
  }
  return out;
}

std::vector<ByteRange> merge_runs(const std::vector<Part>& parts) {
  std::vector<ByteRange> out;
  bool previous = false;
  for (const Part& part : parts) {
    if (part.delimiter == previous && !out.empty()) {
      out.back().end = part.range.end;
    } else {
      out.push_back(part.range);
    }
    previous = part.delimiter;
  }
  return out;
}

}  // namespace

TextPattern::TextPattern(const JsonNode& node) {
  if (node.value().is_object() && node.find("String")) {
    node.allow_only({"String"});
    literal_ = node.at("String").string();
    node.check(!literal_.empty(), "must not be an empty string");
    return;
  }
  node.allow_only({"Regex"});
  const JsonNode pattern = node.at("Regex");
  known_ = known_pattern(pattern.string());
  if (!known_) regex_.emplace(pattern.string(), pattern.where());
}

std::vector<ByteRange> TextPattern::find_all(std::string_view text) const {
  std::vector<ByteRange> found;
  std::optional<Pcre::Search> search;
  find_all(text, search, found);
  return found;
}

void TextPattern::find_all(std::string_view text, std::optional<Pcre::Search>& search,
                           std::vector<ByteRange>& found) const {
  if (regex_) return regex_->find_all(text, search, found);
  found.clear();
  if (known_) return scan(*known_, text, 0, found);
  for (std::size_t at = text.find(literal_); at != std::string_view::npos;
       at = text.find(literal_, at + literal_.size())) {
    found.push_back({at, at + literal_.size()});
  }
}

std::string TextPattern::replace_all(std::string_view text, std::string_view with) const {
  return replace(text, find_all(text), with);
}

std::string replace(std::string_view text, const std::vector<ByteRange>& matches, std::string_view with) {
  std::string out;
  out.reserve(text.size());
  std::size_t end = 0;
  for (const ByteRange& match : matches) {
    out += text.substr(end, match.begin - end);
    out += with;
    end = match.end;
  }
  out += text.substr(end);
  return out;
}

SplitBehavior read_split_behavior(const JsonNode& node) {
  const std::string& name = node.string();
  if (name == "Removed") return SplitBehavior::removed;
  if (name == "Isolated") return SplitBehavior::isolated;
  if (name == "MergedWithPrevious") return SplitBehavior::merged_with_previous;
  if (name == "MergedWithNext") return SplitBehavior::merged_with_next;
  if (name == "Contiguous") return SplitBehavior::contiguous;
  node.fail("\"" + name + "\" is not a split behaviour");
}

std::vector<ByteRange> split(const std::vector<ByteRange>& matches, std::size_t size, SplitBehavior behavior,
                             bool invert) {
  const std::vector<Part> parts = parts_of(matches, size, invert);
  std::vector<ByteRange> out;
  switch (behavior) {
    case SplitBehavior::removed:
      for (const Part& part : parts) {
        if (!part.delimiter) out.push_back(part.range);
      }
      break;
    case SplitBehavior::isolated:
      for (const Part& part : parts) out.push_back(part.range);
      break;
    case SplitBehavior::merged_with_previous:
      out = merge_delimiters(parts.begin(), parts.end(),
                             [](ByteRange& piece, const ByteRange& next) { piece.end = next.end; });
      break;
    case SplitBehavior::merged_with_next:
      out = merge_delimiters(parts.rbegin(), parts.rend(),
                             [](ByteRange& piece, const ByteRange& next) { piece.begin = next.begin; });
      std::reverse(out.begin(), out.end());
      break;
    case SplitBehavior::contiguous:
      out = merge_runs(parts);
      break;
  }
  std::erase_if(out, [](const ByteRange& piece) { return piece.begin == piece.end; });
  return out;
}

}  // namespace assay::text
