#include "text/regex_scanners.hpp"

#include "assay/util/utf8.hpp"
#include "text/unicode.hpp"

namespace assay::text {
namespace {

using Kind = CharacterKind;

bool is_newline(char32_t code) {
  return code == '\r' || code == '\n';
}

// Each method tries alternatives of the pattern at a position and returns the end of the match.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::size_t gpt2(std::size_t at) const {
    if (const auto end = contraction(at, /*any_case=*/false); end > at) return end;
    // " ?X+" for each of the three kinds that are not space
    std::size_t body = at;
    if (text_[at] == ' ' && at + 1 < text_.size()) body = at + 1;
    const Kind kind = kind_at(body);
    if (kind != Kind::space) return run(body, kind);
    return spaces(at);
  }

  std::size_t gpt4_like(std::size_t at, int max_digits) const {
    if (const auto end = contraction(at, /*any_case=*/true); end > at) return end;
    const util::Character first = util::character_at(text_, at);
    const Kind kind = kind_of(first.code);
    const std::size_t second = at + first.size;
    if (kind == Kind::letter) return run(at, Kind::letter);
    if (kind == Kind::number) return digits(at, max_digits);
    if (!is_newline(first.code) && second < text_.size() && kind_at(second) == Kind::letter) {
      return run(second, Kind::letter);
    }
    std::size_t body = at;
    if (first.code == ' ' && second < text_.size()) body = second;
    if (kind_at(body) == Kind::other) return newlines(run(body, Kind::other));
    return spaces_through_newline(at);
  }

 private:
  Kind kind_at(std::size_t at) const { return kind_of(util::character_at(text_, at).code); }

  std::size_t run(std::size_t at, Kind kind) const {
    while (at < text_.size() && static_cast<signed char>(text_[at]) >= 0 && kind_of(ascii(at)) == kind) ++at;
    if (at < text_.size() && static_cast<signed char>(text_[at]) >= 0) return at;
    while (at < text_.size()) {
      const util::Character c = util::character_at(text_, at);
      if (kind_of(c.code) != kind) break;
      at += c.size;
    }
    return at;
  }

  char32_t ascii(std::size_t at) const { return static_cast<unsigned char>(text_[at]); }

  std::size_t digits(std::size_t at, int max_digits) const {
    for (int i = 0; i < max_digits && at < text_.size(); ++i) {
      const util::Character c = util::character_at(text_, at);
      if (!is_number(c.code)) break;
      at += c.size;
    }
    return at;
  }

  std::size_t newlines(std::size_t at) const {
    while (at < text_.size() && is_newline(static_cast<unsigned char>(text_[at]))) ++at;
    return at;
  }

  // \s+(?!\S)|\s+ : the run, less its last character if something else follows and one is left.
  std::size_t spaces(std::size_t at) const {
    const std::size_t end = run(at, Kind::space);
    if (end == text_.size()) return end;
    const std::size_t last = end - util::character_before(text_, end).size;
    return last > at ? last : end;
  }

  // \s*[\r\n]+ first: through the last line break of the run.
  std::size_t spaces_through_newline(std::size_t at) const {
    const std::size_t end = run(at, Kind::space);
    const std::size_t newline = text_.substr(at, end - at).find_last_of("\r\n");
    return newline == std::string_view::npos ? spaces(at) : at + newline + 1;
  }

  // 's 't 're 've 'm 'll 'd; ignoring case, U+017F (long s) is an s as well.
  std::size_t contraction(std::size_t at, bool any_case) const {
    if (text_[at] != '\'' || at + 1 == text_.size()) return at;
    if (any_case && text_.substr(at + 1, 2) == "\xC5\xBF") return at + 3;
    const auto letter = [&](std::size_t i) {
      if (at + i >= text_.size()) return '\0';
      const char c = text_[at + i];
      return any_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    };
    const char one = letter(1);
    const char two = letter(2);
    if (one == 's' || one == 't' || one == 'm' || one == 'd') return at + 2;
    if ((one == 'r' && two == 'e') || (one == 'v' && two == 'e') || (one == 'l' && two == 'l')) return at + 3;
    return at;
  }

  std::string_view text_;
};

}  // namespace

std::optional<KnownPattern> known_pattern(std::string_view pattern) {
  if (pattern == gpt2_pattern) return KnownPattern::gpt2;
  if (pattern == llama3_pattern) return KnownPattern::llama3;
  if (pattern == qwen2_pattern) return KnownPattern::qwen2;
  return std::nullopt;
}

namespace {

template <class Step>
void scan_with(std::string_view text, std::size_t offset, std::vector<ByteRange>& found, Step step) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = step(at);
    found.push_back({offset + at, offset + end});
    at = end;
  }
}

}  // namespace

void scan(KnownPattern pattern, std::string_view text, std::size_t offset, std::vector<ByteRange>& found) {
  const Scanner scanner(text);
  switch (pattern) {
    case KnownPattern::gpt2:
      return scan_with(text, offset, found, [&](std::size_t at) { return scanner.gpt2(at); });
    case KnownPattern::llama3:
      return scan_with(text, offset, found, [&](std::size_t at) { return scanner.gpt4_like(at, 3); });
    case KnownPattern::qwen2:
      return scan_with(text, offset, found, [&](std::size_t at) { return scanner.gpt4_like(at, 1); });
  }
}

}  // namespace assay::text
