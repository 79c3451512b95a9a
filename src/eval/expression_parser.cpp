#include <array>
#include <cctype>
#include <charconv>
#include <limits>

#include "assay/util/error.hpp"
#include "eval/expression.hpp"

namespace assay::eval {
namespace {

using Expression = Template::Expression;
using Kind = Expression::Kind;

constexpr int max_depth = 32;
constexpr int max_operations = 256;

class Parser {
 public:
  Parser(std::string_view text, std::string_view where) : all_(text), rest_(text), where_(where) {}

  Expression run() {
    Expression expression = sum(0);
    skip_space();
    if (!rest_.empty()) refuse("unexpected text");
    return expression;
  }

 private:
  [[noreturn]] void refuse(std::string_view why) const {
    const std::string_view near = rest_.substr(0, 20);
    util::fail_input(
        "{}: the template expression \"{}\" is not supported ({}{}{}); use fields, items, slices, +, and the "
        "methods "
        "and filters listed in src/eval/README.md",
        where_, all_, why, near.empty() ? " at its end" : " at \"",
        near.empty() ? "" : std::string(near) + "\"");
  }

  void skip_space() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_[0])) != 0) rest_.remove_prefix(1);
  }

  bool take(char c) {
    skip_space();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!take(c)) refuse(std::string("expected '") + c + "'");
  }

  std::string name() {
    skip_space();
    std::size_t end = 0;
    while (end < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[end])) != 0 || rest_[end] == '_'))
      ++end;
    if (end == 0 || std::isdigit(static_cast<unsigned char>(rest_[0])) != 0) refuse("expected a name");
    std::string result(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return result;
  }

  void count_operation() {
    if (++operations_ > max_operations) refuse("too long");
  }

  // Every construct wraps what stands left of it, so evaluation depth is bounded by the number of operations.
  static Expression wrap(Kind kind, Expression inner) {
    Expression outer;
    outer.kind = kind;
    outer.children.push_back(std::move(inner));
    return outer;
  }

  Expression sum(int depth) {
    if (depth > max_depth) refuse("nested too deeply");
    Expression left = filtered(depth);
    for (;;) {
      skip_space();
      const char op = rest_.empty() ? '\0' : rest_[0];
      if (op != '+' && op != '~') return left;
      rest_.remove_prefix(1);
      count_operation();
      left = wrap(op == '+' ? Kind::add : Kind::concat, std::move(left));
      left.children.push_back(filtered(depth));
    }
  }

  Expression filtered(int depth) {
    Expression value = primary(depth);
    for (;;) {
      skip_space();
      if (rest_.empty()) return value;
      count_operation();
      if (take('.')) {
        std::string member = name();
        skip_space();
        const bool call = !rest_.empty() && rest_[0] == '(';
        value = wrap(call ? Kind::call : Kind::member, std::move(value));
        value.name = std::move(member);
        if (call) arguments(value, depth);
      } else if (take('[')) {
        value = subscript(std::move(value), depth);
      } else if (rest_[0] == '|' && !rest_.starts_with("||")) {
        rest_.remove_prefix(1);
        value = wrap(Kind::filter, std::move(value));
        value.name = name();
        skip_space();
        if (!rest_.empty() && rest_[0] == '(') arguments(value, depth);
      } else {
        return value;
      }
    }
  }

  void arguments(Expression& call, int depth) {
    expect('(');
    if (take(')')) return;
    do {
      call.children.push_back(sum(depth + 1));
    } while (take(','));
    expect(')');
  }

  std::optional<std::int64_t> bound() {
    skip_space();
    const bool negative = take('-');
    skip_space();
    std::uint64_t magnitude = 0;  // unsigned: a second sign is no number
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), magnitude);
    if (error == std::errc::invalid_argument) {
      if (negative) refuse("expected a number");
      return std::nullopt;
    }
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (error != std::errc() || magnitude > largest + (negative ? 1 : 0)) refuse("a number is too large");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
  }

  Expression subscript(Expression inner, int depth) {
    const std::string_view start = rest_;
    const std::optional<std::int64_t> first = bound();
    if (take(':')) {
      Expression slice = wrap(Kind::slice, std::move(inner));
      slice.begin = first;
      slice.end = bound();
      expect(']');
      return slice;
    }
    rest_ = start;
    Expression item = wrap(Kind::item, std::move(inner));
    item.children.push_back(sum(depth + 1));
    expect(']');
    return item;
  }

  Expression primary(int depth) {
    skip_space();
    if (rest_.empty()) refuse("a value is missing");
    const char c = rest_[0];
    Expression result;
    if (c == '\'' || c == '"') {
      result.value = text_literal();
    } else if (c == '(') {
      rest_.remove_prefix(1);
      result = sum(depth + 1);
      expect(')');
    } else if (c == '[') {
      result.kind = Kind::list;
      rest_.remove_prefix(1);
      while (!take(']')) {
        result.children.push_back(sum(depth + 1));
        if (take(']')) break;
        expect(',');
      }
    } else if (c == '-' || std::isdigit(static_cast<unsigned char>(c)) != 0) {
      const auto value = bound();
      if (!value || (!rest_.empty() && rest_[0] == '.')) refuse("only whole numbers are understood");
      result.value = *value;
    } else {
      result.kind = Kind::field;
      result.name = name();
      for (const std::string_view word :
           {"if", "else", "not", "and", "or", "in", "is", "true", "false", "none", "loop"}) {
        if (result.name == word) refuse("the word \"" + result.name + "\"");
      }
    }
    return result;
  }

  std::string text_literal() {
    const char quote = rest_[0];
    std::string text;
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != quote; ++at) {
      if (rest_[at] != '\\') {
        text += rest_[at];
        continue;
      }
      if (++at >= rest_.size()) break;
      switch (rest_[at]) {
        case 'n':
          text += '\n';
          break;
        case 't':
          text += '\t';
          break;
        case 'r':
          text += '\r';
          break;
        case '\\':
        case '\'':
        case '"':
          text += rest_[at];
          break;
        default:
          refuse("an escape in a string");
      }
    }
    if (at >= rest_.size()) refuse("a string is not closed");
    rest_.remove_prefix(at + 1);
    return text;
  }

  std::string_view all_;
  std::string_view rest_;
  std::string_view where_;
  int operations_ = 0;
};

}  // namespace

Template::Expression parse_expression(std::string_view text, std::string_view where) {
  return Parser(text, where).run();
}

}  // namespace assay::eval
