// Translation of Python regular expressions (docs.python.org/3.11/library/re.html) to PCRE2's syntax.
#include <cctype>
#include <charconv>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "assay/util/error.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {
namespace {

using util::fail_input;

// str.isspace() as class members; PCRE2's own \s lacks U+001C..U+001F and has U+180E.
constexpr std::string_view space_members =
    R"(\t-\r\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

class Translator {
 public:
  explicit Translator(std::string_view pattern) : pattern_(pattern) {}

  std::string run() {
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (c == '\\') {
        escape(false);
      } else if (c == '[') {
        character_class();
      } else if (c == '(') {
        group();
      } else if (c == '{') {
        repetition();
      } else {
        out_ += c;
        ++at_;
      }
    }
    return out_;
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead) const {
    return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
  }

  [[noreturn]] void refuse(std::string_view why) const {
    fail_input("the regular expression \"{}\" is not usable ({} at character {})", pattern_, why, at_);
  }

  void hex(std::size_t digits) {
    std::uint32_t point = 0;
    const std::string_view text = pattern_.substr(at_ + 2, digits);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), point, 16);
    if (text.size() != digits || error != std::errc() || end != text.data() + text.size())
      refuse("incomplete escape");
    out_ += fmt::format("\\x{{{:x}}}", point);
    at_ += 2 + digits;
  }

  // \0, \012, \377 anywhere; \1..\99 are references outside classes.
  void number(bool in_class) {
    const bool three = is_octal(peek(1)) && is_octal(peek(2)) && is_octal(peek(3));
    if (peek(1) == '0' || three || in_class) {
      int value = 0;
      std::size_t digits = 0;
      while (digits < 3 && is_octal(peek(1 + digits))) value = value * 8 + (peek(1 + digits++) - '0');
      if (digits == 0 || value > 0377) refuse("bad octal escape");
      out_ += fmt::format("\\x{{{:x}}}", value);
      at_ += 1 + digits;
      return;
    }
    int value = peek(1) - '0';
    at_ += 2;
    if (is_digit(peek(0))) {
      value = value * 10 + (peek(0) - '0');
      ++at_;
    }
    out_ += fmt::format("\\g{{{}}}", value);
  }

  void escape(bool in_class) {
    const char kind = peek(1);
    if (at_ + 1 >= pattern_.size()) refuse("it ends in a backslash");
    if (is_digit(kind)) return number(in_class);
    if (kind == 'x') return hex(2);
    if (kind == 'u') return hex(4);
    if (kind == 'U') return hex(8);
    at_ += 2;
    if (kind == 's') {
      out_ += in_class ? std::string(space_members) : fmt::format("[{}]", space_members);
    } else if (kind == 'S') {
      out_ += in_class ? std::string("\\S") : fmt::format("[^{}]", space_members);
    } else if (kind == 'Z' && !in_class) {
      out_ += "\\z";
    } else if (kind == 'v') {
      out_ += "\\x{b}";
    } else if (std::string_view("dDwWbafnrt").find(kind) != std::string_view::npos ||
               (!in_class && (kind == 'B' || kind == 'A'))) {
      out_ += '\\';
      out_ += kind;
    } else if (std::isalpha(static_cast<unsigned char>(kind)) != 0) {
      at_ -= 2;
      refuse(fmt::format("escape \\{} is not one of Python's", kind));
    } else if (static_cast<unsigned char>(kind) < 0x80) {
      out_ += '\\';
      out_ += kind;
    } else {
      out_ += kind;  // the bytes after it follow as they are
    }
  }

  void character_class() {
    out_ += '[';
    ++at_;
    if (peek(0) == '^') out_ += '^', ++at_;
    if (peek(0) == ']') out_ += "\\]", ++at_;
    while (at_ < pattern_.size() && pattern_[at_] != ']') {
      if (pattern_[at_] == '\\') {
        escape(true);
      } else {
        if (pattern_[at_] == '[') out_ += '\\';  // never a POSIX class in Python
        out_ += pattern_[at_++];
      }
    }
    if (at_ >= pattern_.size()) refuse("a [ is not closed");
    out_ += ']';
    ++at_;
  }

  void group() {
    if (peek(1) == '*') refuse("nothing to repeat after (");
    if (peek(1) != '?') {
      out_ += '(';
      ++at_;
      return;
    }
    const std::string_view rest = pattern_.substr(at_);
    if (rest.starts_with("(?#")) {
      const auto end = rest.find(')');
      if (end == std::string_view::npos) refuse("a comment is not closed");
      at_ += end + 1;
      return;
    }
    for (const std::string_view known : {"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?P<", "(?P=", "(?("}) {
      if (!rest.starts_with(known)) continue;
      out_ += known;
      at_ += known.size();
      return;
    }
    flags();
  }

  void flags() {
    std::string kept = "(?";
    std::size_t ahead = 2;
    for (; peek(ahead) != ')' && peek(ahead) != ':'; ++ahead) {
      const char flag = peek(ahead);
      if (std::string_view("imsx-").find(flag) != std::string_view::npos)
        kept += flag;
      else if (flag != 'u')
        refuse("this kind of group is not supported");
    }
    out_ += kept + peek(ahead);
    at_ += ahead + 1;
  }

  // {m}, {m,}, {m,n}, {,n} and {,} repeat; any other brace is itself.
  void repetition() {
    std::size_t ahead = 1;
    while (is_digit(peek(ahead))) ++ahead;
    const bool low = ahead > 1;
    const bool comma = peek(ahead) == ',';
    if (comma) ++ahead;
    while (is_digit(peek(ahead))) ++ahead;
    if (peek(ahead) != '}' || (!low && !comma)) {
      out_ += "\\{";
      ++at_;
      return;
    }
    out_ += low ? "{" : "{0";
    out_ += pattern_.substr(at_ + 1, ahead);
    at_ += ahead + 1;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string translate_python_pattern(std::string_view pattern) {
  return Translator(pattern).run();
}

}  // namespace assay::eval
