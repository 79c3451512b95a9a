#include <array>
#include <cstdint>

#include "assay/util/error.hpp"
#include "text/regex.hpp"

namespace assay::text {
namespace {

constexpr std::string_view word_members = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})";

// PCRE2 takes \p{Greek} as script extensions, Oniguruma as the script itself.
constexpr std::array<std::string_view, 22> scripts = {
    "Arabic", "Armenian", "Bengali", "Bopomofo", "Cyrillic", "Devanagari", "Ethiopic", "Georgian",
    "Greek",  "Gujarati", "Han",     "Hangul",   "Hebrew",   "Hiragana",   "Kannada",  "Katakana",
    "Khmer",  "Lao",      "Latin",   "Tamil",    "Telugu",   "Thai"};

class Rewriter {
 public:
  Rewriter(std::string_view pattern, std::string_view source) : in_(pattern), source_(source) {}

  std::string run() {
    while (at_ < in_.size()) {
      const char c = in_[at_];
      if (c == '\\') {
        escape(/*in_class=*/false);
      } else if (c == '[') {
        character_class();
      } else if (c == '(') {
        group();
      } else if (c == '}' && at_ + 1 < in_.size() && in_[at_ + 1] == '+') {
        fail("a '+' after '{n,m}', which repeats in Ruby syntax but is possessive in PCRE2");
      } else {
        out_ += c;
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    util::fail_input("{}: the pattern \"{}\" uses {} (not supported)", source_, in_, what);
  }

  void copy(std::size_t count) {
    out_ += in_.substr(at_, count);
    at_ += count;
  }

  // Inline options: m is "dot matches newline" in Ruby.
  void group() {
    copy(1);
    if (in_.substr(at_, 1) != "?") return;
    std::size_t i = at_ + 1;
    while (i < in_.size() && (in_[i] == 'i' || in_[i] == 'x' || in_[i] == '-')) ++i;
    if (i < in_.size() && (in_[i] == 'm' || in_[i] == 's')) fail("the inline option 'm' or 's'");
    copy(1);
  }

  void escape(bool in_class) {
    if (at_ + 1 >= in_.size()) fail("a backslash at the end");
    const char c = in_[at_ + 1];
    switch (c) {
      case 's':
        return replace(R"(\p{White_Space})");
      case 'S':
        return replace(R"(\P{White_Space})");
      case 'w':
        return in_class ? replace(word_members) : replace("[" + std::string(word_members) + "]");
      case 'W':
        if (in_class) fail("\\W inside a character class");
        return replace("[^" + std::string(word_members) + "]");
      case 'h':
        return in_class ? replace("0-9a-fA-F") : replace("[0-9a-fA-F]");
      case 'H':
        if (in_class) fail("\\H inside a character class");
        return replace("[^0-9a-fA-F]");
      case 'b':
        if (in_class) return copy(2);
        return boundary("(?:(?<=[w])(?![w])|(?<![w])(?=[w]))");
      case 'B':
        return boundary("(?:(?<=[w])(?=[w])|(?<![w])(?![w]))");
      case 'u':
        return unicode_escape();
      case 'p':
      case 'P':
        return property();
      default:
        return copy(2);
    }
  }

  void replace(std::string_view with) {
    out_ += with;
    at_ += 2;
  }

  void boundary(std::string_view form) {
    std::string text;
    for (const char c : form) {
      if (c == 'w') {
        text += word_members;
      } else {
        text += c;
      }
    }
    replace(text);
  }

  void unicode_escape() {
    const std::string_view digits = in_.substr(at_ + 2, 4);
    if (digits.size() != 4 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
      fail("\\u without four hexadecimal digits");
    }
    out_ += "\\x{" + std::string(digits) + "}";
    at_ += 6;
  }

  void property() {
    const std::size_t end = in_.find('}', at_);
    if (in_.substr(at_ + 2, 1) != "{" || end == std::string_view::npos) fail("\\p without a name in braces");
    std::string_view name = in_.substr(at_ + 3, end - at_ - 3);
    bool negated = in_[at_ + 1] == 'P';
    if (name.starts_with('^')) {
      negated = !negated;
      name.remove_prefix(1);
    }
    bool script = false;
    for (const auto known : scripts) script = script || name == known;
    out_ += negated ? "\\P{" : "\\p{";
    if (script) out_ += "sc:";
    out_ += name;
    out_ += '}';
    at_ = end + 1;
  }

  // A nested class without '^' is a union, so its members may stand in the outer class.
  void character_class() {
    copy(1);
    if (in_.substr(at_, 1) == "^") copy(1);
    int depth = 1;
    bool first = true;
    while (depth > 0) {
      if (at_ >= in_.size()) fail("a character class without end");
      const char c = in_[at_];
      if (c == ']' && !first) {
        if (--depth == 0) {
          out_ += ']';
        } else if (in_[at_ - 1] == '-' || in_.substr(at_ + 1, 1) == "-") {
          fail("a hyphen beside a nested class");
        }
        ++at_;
      } else if (c == '[' && in_.substr(at_, 2) == "[:") {
        const std::size_t end = in_.find(":]", at_);
        if (end == std::string_view::npos) fail("'[:' without ':]'");
        copy(end + 2 - at_);
      } else if (c == '[') {
        if (in_.substr(at_, 2) == "[^") fail("a negated class inside a class");
        if (in_[at_ - 1] == '-' || in_.substr(at_ + 1, 1) == "-") fail("a hyphen beside a nested class");
        ++depth;
        ++at_;
      } else if (c == '&' && in_.substr(at_, 2) == "&&") {
        fail("an intersection of classes");
      } else if (c == '\\') {
        escape(/*in_class=*/true);
      } else if (c == ']') {
        fail("an empty character class");
      } else {
        copy(1);
      }
      first = c == '[' && in_.substr(at_ - 1, 1) == "[";
    }
  }

  std::string_view in_;
  std::string_view source_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string to_pcre2(std::string_view pattern, std::string_view source) {
  return Rewriter(pattern, source).run();
}

}  // namespace assay::text
