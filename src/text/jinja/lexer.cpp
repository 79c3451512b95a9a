#include "text/jinja/lexer.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "assay/text/python.hpp"

namespace assay::text::jinja {

namespace {

bool is_ascii_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
// Letters beyond ASCII are taken as they come: no operator begins with one.
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string normalise_newlines(std::string_view text, bool keep_trailing_newline) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
      continue;
    }
    out += '\n';
    if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
  if (!keep_trailing_newline && out.ends_with('\n')) out.pop_back();
  return out;
}

class Lexer {
 public:
  Lexer(std::string source, const LexerOptions& options) : options_(options) {
    out_.source = std::move(source);
  }

  LexedTemplate run() {
    while (at_ < source().size()) lex_data();
    add(Token::Kind::end, "", source().size());
    return std::move(out_);
  }

 private:
  const std::string& source() const { return out_.source; }
  bool starts(std::string_view text) const { return starts(text, at_); }
  bool starts(std::string_view text, std::size_t at) const {
    return source().compare(at, text.size(), text) == 0;
  }
  void add(Token::Kind kind, std::string text, std::size_t offset) {
    out_.tokens.push_back({kind, std::move(text), offset});
  }
  [[noreturn]] static void fail(std::string message, std::size_t offset) {
    throw SyntaxError{std::move(message), offset};
  }

  void skip_spaces() {
    while (at_ < source().size() && is_ascii_space(source()[at_])) ++at_;
  }
  // What follows a tag: "-" takes all white space, otherwise a block's newline goes if so configured.
  void after_tag(char sign, bool block) {
    if (sign == '-') {
      const auto rest = std::string_view(source()).substr(at_);
      at_ += rest.size() - python::lstrip(rest).size();
    } else if (block && sign != '+' && options_.trim_blocks && starts("\n")) {
      ++at_;
    }
    line_starting_ = source()[at_ - 1] == '\n';
  }

  // Literal text up to the next tag, and the tag's opening.
  void lex_data() {
    const std::size_t begin = at_;
    std::size_t tag = begin;
    for (;; ++tag) {
      tag = source().find('{', tag);
      if (tag == std::string::npos || tag + 1 >= source().size()) {
        add_data(begin, source().size());
        at_ = source().size();
        return;
      }
      const char next = source()[tag + 1];
      if (next == '{' || next == '%' || next == '#') break;
    }
    const char kind = source()[tag + 1];
    at_ = tag + 2;
    char sign = 0;
    if (at_ < source().size() && (source()[at_] == '-' || source()[at_] == '+')) sign = source()[at_];
    // In {{+ the plus is an operator's; a sign before a comment's or a block's text is white space control.
    if (sign == '-' || (sign == '+' && kind != '{'))
      ++at_;
    else
      sign = 0;
    add_data(begin, data_end(begin, tag, sign, kind != '{'));
    if (kind == '#') return lex_comment(tag);
    if (kind == '%' && lex_raw(tag)) return;
    add(kind == '{' ? Token::Kind::variable_begin : Token::Kind::block_begin, "", tag);
    lex_tag(kind == '{' ? '}' : '%', tag);
  }
  // Where the text before a tag ends, given the tag's sign.
  std::size_t data_end(std::size_t begin, std::size_t tag, char sign, bool block) const {
    const auto text = std::string_view(source()).substr(begin, tag - begin);
    if (sign == '-') return begin + python::rstrip(text).size();
    if (sign == '+' || !block || !options_.lstrip_blocks) return tag;
    const std::size_t newline = text.rfind('\n');
    if (newline == std::string::npos && !line_starting_) return tag;
    const std::size_t line = newline == std::string::npos ? 0 : newline + 1;
    return python::strip(text.substr(line)).empty() ? begin + line : tag;
  }
  void add_data(std::size_t begin, std::size_t end) {
    if (end > begin) add(Token::Kind::data, source().substr(begin, end - begin), begin);
  }

  void lex_comment(std::size_t tag) {
    const std::size_t end = source().find("#}", at_);
    if (end == std::string::npos) fail("a comment is not closed", tag);
    const char sign = end > at_ ? source()[end - 1] : '\0';
    at_ = end + 2;
    after_tag(sign, true);
  }

  // "{% raw %} ... {% endraw %}" whole; false if the tag is another.
  bool lex_raw(std::size_t tag) {
    std::size_t at = at_;
    if (!skip_word(at, "raw")) return false;
    char sign = 0;
    if (!skip_block_end(at, sign)) return false;
    at_ = at;
    after_tag(sign == '-' ? '-' : '+', true);  // raw's own newline stays
    const std::size_t begin = at_;
    for (std::size_t end = source().find("{%", begin); end != std::string::npos;
         end = source().find("{%", end + 2)) {
      std::size_t after = end + 2;
      char before_sign = 0;
      if (after < source().size() && (source()[after] == '-' || source()[after] == '+'))
        before_sign = source()[after++];
      char after_sign = 0;
      if (!skip_word(after, "endraw") || !skip_block_end(after, after_sign)) continue;
      add_data(begin, data_end(begin, end, before_sign, true));
      at_ = after;
      after_tag(after_sign, true);
      return true;
    }
    fail("'raw' is not closed by 'endraw'", tag);
  }
  bool skip_word(std::size_t& at, std::string_view word) const {
    std::size_t next = at;
    while (next < source().size() && is_ascii_space(source()[next])) ++next;
    if (!starts(word, next)) return false;
    next += word.size();
    if (next < source().size() && is_word(source()[next])) return false;
    at = next;
    return true;
  }
  bool skip_block_end(std::size_t& at, char& sign) const {
    std::size_t next = at;
    while (next < source().size() && is_ascii_space(source()[next])) ++next;
    sign = 0;
    if (next < source().size() && (source()[next] == '-' || source()[next] == '+')) sign = source()[next++];
    if (!starts("%}", next)) return false;
    at = next + 2;
    return true;
  }

  // The words of a tag up to its closing.
  void lex_tag(char closer, std::size_t tag) {
    std::string open;  // brackets not yet closed
    for (;;) {
      skip_spaces();
      if (at_ >= source().size()) fail("a tag is not closed", tag);
      if (open.empty() && lex_tag_end(closer)) return;
      const char c = source()[at_];
      if (is_digit(c)) {
        lex_number();
      } else if (is_word(c)) {
        lex_name();
      } else if (c == '"' || c == '\'') {
        lex_string(c);
      } else {
        lex_symbol(open);
      }
    }
  }
  bool lex_tag_end(char closer) {
    const char second = '}';
    const char first = source()[at_];
    const bool sign = first == '-' || (first == '+' && closer == '%');
    const std::size_t at = at_ + (sign ? 1 : 0);
    if (at + 1 >= source().size() || source()[at] != closer || source()[at + 1] != second) return false;
    add(closer == '%' ? Token::Kind::block_end : Token::Kind::variable_end, "", at_);
    at_ = at + 2;
    after_tag(sign ? first : '\0', closer == '%');
    return true;
  }

  void lex_name() {
    const std::size_t begin = at_;
    while (at_ < source().size() && is_word(source()[at_])) ++at_;
    add(Token::Kind::name, source().substr(begin, at_ - begin), begin);
  }

  void skip_digits(std::string& digits) {
    while (at_ < source().size()) {
      const bool separator = source()[at_] == '_' && at_ + 1 < source().size() && is_digit(source()[at_ + 1]);
      if (!is_digit(source()[at_]) && !separator) return;
      if (!separator) digits += source()[at_];
      ++at_;
    }
  }
  // Integers in decimal (with _ between digits), 0x, 0o, 0b; floats as digits, point, digits, exponent.
  void lex_number() {
    const std::size_t begin = at_;
    if (source()[at_] == '0' && at_ + 1 < source().size()) {
      const char base = static_cast<char>(source()[at_ + 1] | 0x20);
      if (base == 'x' || base == 'o' || base == 'b') {
        at_ += 2;
        std::string digits{'0', base};
        while (at_ < source().size() && is_word(source()[at_])) {
          if (source()[at_] != '_') digits += source()[at_];
          ++at_;
        }
        add(Token::Kind::integer, digits, begin);
        return;
      }
    }
    std::string digits;
    bool floating = false;
    skip_digits(digits);
    if (at_ + 1 < source().size() && source()[at_] == '.' && is_digit(source()[at_ + 1])) {
      floating = true;
      digits += '.';
      ++at_;
      skip_digits(digits);
    }
    if (at_ < source().size() && (source()[at_] | 0x20) == 'e') {
      std::size_t next = at_ + 1;
      if (next < source().size() && (source()[next] == '+' || source()[next] == '-')) ++next;
      if (next < source().size() && is_digit(source()[next])) {
        floating = true;
        digits += source().substr(at_, next - at_);
        at_ = next;
        skip_digits(digits);
      }
    }
    add(floating ? Token::Kind::floating : Token::Kind::integer, digits, begin);
  }

  void lex_string(char quote) {
    const std::size_t begin = at_++;
    std::string out;
    for (;;) {
      if (at_ >= source().size()) fail("a string is not closed", begin);
      const char c = source()[at_++];
      if (c == quote) break;
      if (c == '\\' && at_ < source().size()) {
        lex_escape(out);
      } else {
        out += c;
      }
    }
    add(Token::Kind::string, std::move(out), begin);
  }
  // Python's "unicode-escape"; what it does not know stays as it is.
  void lex_escape(std::string& out) {
    const char c = source()[at_++];
    static constexpr std::string_view names = "abfnrtv\\'\"";
    static constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\'\"";
    if (const auto known = names.find(c); known != std::string_view::npos) {
      out += meanings[known];
    } else if (c == 'N') {
      fail("characters by name (\\N{...}) are not supported", at_ - 2);
    } else if (c == '\n') {
      // a continued line
    } else if (c == 'x' || c == 'u' || c == 'U') {
      lex_code_point(c == 'x' ? 2 : c == 'u' ? 4 : 8, out);
    } else if (c >= '0' && c <= '7') {
      std::int32_t value = c - '0';
      for (int i = 0; i < 2 && at_ < source().size() && source()[at_] >= '0' && source()[at_] <= '7'; ++i) {
        value = value * 8 + (source()[at_++] - '0');
      }
      out += python::to_utf8({value});
    } else {
      out += '\\';
      out += c;
    }
  }
  void lex_code_point(int digits, std::string& out) {
    std::int64_t value = 0;
    for (int i = 0; i < digits; ++i, ++at_) {
      const char c = at_ < source().size() ? static_cast<char>(source()[at_] | 0x20) : '\0';
      if (is_digit(c)) {
        value = value * 16 + (c - '0');
      } else if (c >= 'a' && c <= 'f') {
        value = value * 16 + (c - 'a' + 10);
      } else {
        fail("an escape in a string lacks hexadecimal digits", at_);
      }
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
      fail("an escape in a string is no character", at_);
    out += python::to_utf8({static_cast<std::int32_t>(value)});
  }

  void lex_symbol(std::string& open) {
    static constexpr std::array<std::string_view, 26> symbols{
        "==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<",
        ">",  "=",  "(",  ")",  "[",  "]",  "{", "}", ".", ":", ",", "|", ";"};
    for (const auto symbol : symbols) {
      if (!starts(symbol)) continue;
      const char c = symbol[0];
      if (c == '(' || c == '[' || c == '{') open += c == '(' ? ')' : c == '[' ? ']' : '}';
      if (c == ')' || c == ']' || c == '}') {
        if (open.empty() || open.back() != c) fail("unexpected '" + std::string(symbol) + "'", at_);
        open.pop_back();
      }
      add(Token::Kind::symbol, std::string(symbol), at_);
      at_ += symbol.size();
      return;
    }
    fail("unexpected '" + source().substr(at_, 1) + "'", at_);
  }

  LexerOptions options_;
  LexedTemplate out_;
  std::size_t at_ = 0;
  bool line_starting_ = true;
};

}  // namespace

LexedTemplate lex(std::string_view text, const LexerOptions& options) {
  return Lexer(normalise_newlines(text, options.keep_trailing_newline), options).run();
}

}  // namespace assay::text::jinja
