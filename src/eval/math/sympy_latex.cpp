#include "eval/math/sympy_latex.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "eval/math/function_names.hpp"
#include "eval/math/sympy_lexer.hpp"

namespace assay::eval::math {
namespace {

using Token = SympyToken;

constexpr std::size_t token_limit = 4096;
constexpr std::size_t nesting_limit = 180;
constexpr std::size_t step_limit = 200000;

// The whole text is no expression: the lexer failed, or something is read that is not supported.
struct Refused {};

// What stands for a factor of an implied product; sympy drops an 'x' between two numbers.
struct Factor {
  ExpressionPtr value;
  bool has_symbols;
};

bool has_symbols(const Expression& expression) {
  return contains(expression, Op::symbol);
}

bool is_minus_one(const Expression& expression) {
  if (expression.op == Op::number) return expression.name == "-1";
  return expression.op == Op::multiply && expression.arguments.size() == 2 &&
         expression.arguments[0]->name == "-1" && expression.arguments[1]->op == Op::number &&
         expression.arguments[1]->name == "1";
}

// A recursive descent through the grammar. A rule gives nullptr, with the position where it was, if it does
// not match; what may be repeated is repeated as long as it matches, as the prediction of ANTLR does on such
// text.
class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(sympy_tokens(text, token_limit)) {}

  ExpressionPtr parse() {
    ExpressionPtr value = additive();
    if (value && peek() == Token::relation) return nullptr;
    return value;
  }

 private:
  enum class Functions { allowed, excluded };

  // One level of nesting; ends the parse beyond the limit.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.nesting_ > nesting_limit) throw Refused();
    }
    ~Level() { --parser_.nesting_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  Token peek() {
    if (++steps_ > step_limit) throw Refused();
    const Token token = tokens_[at_].token;
    if (token == Token::error) throw Refused();
    return token;
  }
  std::string_view text() const { return tokens_[at_].text; }

  bool take(Token token) {
    if (peek() != token) return false;
    ++at_;
    return true;
  }

  // The rule's value, or nullptr with the position as before.
  template <class Rule>
  ExpressionPtr attempt(Rule&& rule) {
    const std::size_t start = at_;
    ExpressionPtr value = rule();
    if (!value) at_ = start;
    return value;
  }

  ExpressionPtr additive() {
    const Level level(*this);
    ExpressionPtr sum = product(Functions::allowed);
    while (sum && (peek() == Token::add || peek() == Token::subtract)) {
      ExpressionPtr next = attempt([&] {
        const bool minus = peek() == Token::subtract;
        ++at_;
        ExpressionPtr value = product(Functions::allowed);
        return minus && value ? negative(value) : value;
      });
      if (!next) break;
      sum = make(Op::add, {sum, next});
    }
    return sum;
  }

  ExpressionPtr product(Functions functions) {
    const Level level(*this);
    ExpressionPtr value = unary(functions);
    while (value && (peek() == Token::multiply || peek() == Token::divide)) {
      ExpressionPtr next = attempt([&] {
        const bool divides = peek() == Token::divide;
        ++at_;
        ExpressionPtr factor = unary(functions);
        return divides && factor ? reciprocal(factor) : factor;
      });
      if (!next) break;
      value = make(Op::multiply, {value, next});
    }
    return value;
  }

  ExpressionPtr unary(Functions functions) {
    bool minus = false;
    while (peek() == Token::add || peek() == Token::subtract) {
      if (peek() == Token::subtract) minus = !minus;
      ++at_;
    }
    // Only the factors behind the first are without functions.
    std::vector<Factor> factors;
    Functions now = Functions::allowed;
    while (ExpressionPtr factor = attempt([&] { return postfix(now); })) {
      const bool symbols = has_symbols(*factor);
      factors.push_back({std::move(factor), symbols});
      now = functions;
    }
    ExpressionPtr value = implied_product(factors);
    return minus && value ? negative(value) : value;
  }

  static ExpressionPtr implied_product(const std::vector<Factor>& factors) {
    std::vector<ExpressionPtr> kept;
    for (std::size_t i = 0; i < factors.size(); ++i) {
      const Expression& factor = *factors[i].value;
      const bool sign = factor.op == Op::symbol && factor.name == "x" && i > 0 && i + 1 < factors.size() &&
                        !factors[i - 1].has_symbols && !factors[i + 1].has_symbols;
      if (!sign) kept.push_back(factors[i].value);
    }
    if (kept.empty()) return nullptr;
    return kept.size() == 1 ? kept[0] : make(Op::multiply, std::move(kept));
  }

  ExpressionPtr postfix(Functions functions) {
    ExpressionPtr value = power(functions);
    while (value) {
      if (peek() == Token::bang) {
        ++at_;
        value = make(Op::factorial, {value});
      } else {
        if (peek() == Token::bar && bars_ == 0) refuse_evaluated_at();
        break;
      }
    }
    return value;
  }

  // f |_{x = 1}
  void refuse_evaluated_at() {
    const Token next = tokens_[at_ + 1].token;
    const bool braced =
        next != Token::end && next != Token::error && tokens_[at_ + 2].token == Token::open_brace;
    if ((next == Token::underscore || next == Token::caret) && braced) throw Refused();
  }

  ExpressionPtr power(Functions functions) {
    ExpressionPtr value = component(functions);
    while (value && peek() == Token::caret) {
      ExpressionPtr exponent = attempt([&] {
        ++at_;
        return script_body();
      });
      if (!exponent) break;
      value = make(Op::power, {value, exponent});
      attempt([&] { return subscript(); });
    }
    return value;
  }

  // Behind "^" or "_": an atom, or an expression in braces.
  ExpressionPtr script_body() { return peek() == Token::open_brace ? braced() : atom(); }
  ExpressionPtr subscript() { return take(Token::underscore) ? script_body() : nullptr; }
  ExpressionPtr superscript() { return take(Token::caret) ? script_body() : nullptr; }
  ExpressionPtr braced() { return enclosed(Token::open_brace, Token::close_brace); }

  ExpressionPtr enclosed(Token open, Token close) {
    if (!take(open)) return nullptr;
    const std::size_t bars = std::exchange(bars_, 0);
    const std::size_t lists = std::exchange(lists_, 0);
    ExpressionPtr value = additive();
    bars_ = bars;
    lists_ = lists;
    return value && take(close) ? value : nullptr;
  }

  ExpressionPtr component(Functions functions) {
    switch (peek()) {
      case Token::open_parenthesis:
        return enclosed(Token::open_parenthesis, Token::close_parenthesis);
      case Token::open_bracket:
        return enclosed(Token::open_bracket, Token::close_bracket);
      case Token::open_brace:
        return braced();
      case Token::open_literal_brace:
        return enclosed(Token::open_literal_brace, Token::close_literal_brace);
      case Token::bar:
        return absolute();
      case Token::floor_open:
        return wrapped(Op::floor, Token::floor_open, Token::floor_close);
      case Token::ceiling_open:
        return wrapped(Op::ceiling, Token::ceiling_open, Token::ceiling_close);
      default:
        break;
    }
    if (functions == Functions::allowed) {
      if (ExpressionPtr value = attempt([&] { return function(); })) return value;
    }
    return atom();
  }

  ExpressionPtr wrapped(Op op, Token open, Token close) {
    ExpressionPtr value = enclosed(open, close);
    return value ? make(op, {value}) : nullptr;
  }

  ExpressionPtr absolute() {
    // Inside bars a bar closes, unless what it opens is closed again in time.
    ++at_;
    ++bars_;
    ExpressionPtr value = additive();
    --bars_;
    return value && take(Token::bar) ? make(Op::absolute, {value}) : nullptr;
  }

  ExpressionPtr function() {
    switch (peek()) {
      case Token::function:
        return named_function();
      case Token::letter:
      case Token::symbol:
        return unknown_function();
      case Token::root:
        return root();
      case Token::overline: {
        ++at_;
        ExpressionPtr value = braced();
        return value ? make(Op::conjugate, {value}) : nullptr;
      }
      case Token::other:
        throw Refused();
      default:
        return nullptr;
    }
  }

  ExpressionPtr root() {
    ++at_;
    ExpressionPtr index;
    if (peek() == Token::open_bracket) {
      index = enclosed(Token::open_bracket, Token::close_bracket);
      if (!index) return nullptr;
    }
    ExpressionPtr base = braced();
    if (!base) return nullptr;
    return make(Op::power, {base, reciprocal(index ? index : make_number("2"))});
  }

  ExpressionPtr named_function() {
    const std::string_view name = text();
    ++at_;
    ExpressionPtr base = attempt([&] { return subscript(); });
    ExpressionPtr exponent = attempt([&] { return superscript(); });
    if (!base && exponent) base = attempt([&] { return subscript(); });
    ExpressionPtr argument;
    if (peek() == Token::open_parenthesis) argument = attempt([&] { return first_of_list(); });
    if (!argument) argument = attempt([&] { return product(Functions::excluded); });
    if (!argument) return nullptr;
    const std::optional<Op> op = function_op(name.substr(1));
    if (op && exponent && is_minus_one(*exponent)) {
      if (const auto inverted = inverse_function(*op)) return make(*inverted, {argument});
    }
    ExpressionPtr value;
    if (op) {
      value = make(*op, {argument});
    } else {
      if (!base) base = name == "\\lg" ? make_number("10") : make(Op::constant_e, {});
      value = make(Op::logarithm, {argument, base});
    }
    return exponent ? make(Op::power, {value, exponent}) : value;
  }

  // "(a, b, ...)": the arguments, or none.
  std::vector<ExpressionPtr> list() {
    std::vector<ExpressionPtr> values;
    const std::size_t bars = std::exchange(bars_, 0);
    if (take(Token::open_parenthesis)) {
      ++lists_;
      do {
        values.push_back(additive());
      } while (values.back() && take(Token::comma));
      --lists_;
      if (!values.back() || !take(Token::close_parenthesis)) values.clear();
    }
    bars_ = bars;
    return values;
  }

  ExpressionPtr first_of_list() {
    const std::vector<ExpressionPtr> values = list();
    return values.empty() ? nullptr : values[0];
  }

  ExpressionPtr unknown_function() {
    std::optional<std::string> name = symbol_name();
    if (!name) return nullptr;
    std::vector<ExpressionPtr> arguments = list();
    return arguments.empty() ? nullptr : make(Op::apply, std::move(arguments), *name);
  }

  // A letter or command with subscript and primes. None if the subscript does not parse.
  std::optional<std::string> symbol_name() {
    const bool command = peek() == Token::symbol;
    std::string name(command ? text().substr(1) : text());
    ++at_;
    std::string primes;
    if (peek() == Token::quotes) {
      primes = text();
      ++at_;
    }
    if (peek() == Token::underscore) {
      const ExpressionPtr below = subscript();
      if (!below) return std::nullopt;
      name += "_{" + to_text(*below) + "}";
      if (primes.empty() && peek() == Token::quotes) {
        primes = text();
        ++at_;
      }
    }
    return command ? name : name + primes;
  }

  ExpressionPtr atom() {
    const Level level(*this);
    switch (peek()) {
      case Token::letter:
      case Token::symbol: {
        const bool infinite = text() == "\\infty";
        const std::optional<std::string> name = symbol_name();
        if (!name) return nullptr;
        return infinite ? make(Op::infinity, {}) : make_symbol(*name);
      }
      case Token::digit:
        return number();
      case Token::differential: {
        const std::string_view variable = text().substr(text().find_first_not_of(" \t\r\n", 1));
        ++at_;
        return make_symbol("d" + std::string(variable.substr(variable.front() == '\\' ? 1 : 0)));
      }
      case Token::mathit:
        return mathit();
      case Token::fraction:
        return fraction();
      case Token::binomial:
        return binomial();
      case Token::other:
        throw Refused();
      default:
        return nullptr;
    }
  }

  bool three_digits_behind_comma() {
    for (std::size_t i = 1; i <= 3; ++i) {
      const Token token = tokens_[at_ + i].token;
      if (token == Token::error) throw Refused();
      if (token != Token::digit) return false;
    }
    return true;
  }

  std::string digits() {
    std::string out;
    for (; peek() == Token::digit; ++at_) out += text();
    return out;
  }

  // A point must be followed by digits. Where it is not, what ANTLR predicts is a shorter number: 12. is 1.
  ExpressionPtr number() {
    const std::size_t start = at_;
    std::string value = digits();
    const std::string first = value;
    const std::size_t behind_first = at_;
    // In a list of arguments a comma separates them: f(1,234) has two.
    while (lists_ == 0 && peek() == Token::comma && three_digits_behind_comma()) {
      for (std::size_t i = 1; i <= 3; ++i) value += tokens_[at_ + i].text;
      at_ += 4;
    }
    if (peek() != Token::period) return whole_number(value);
    ++at_;
    std::string places = digits();
    if (places.empty() && behind_first + 1 < at_) {
      at_ = behind_first;
      return whole_number(first);
    }
    if (places.empty()) {
      if (first.size() == 1) return nullptr;
      at_ = start + 1;
      return whole_number(first.substr(0, 1));
    }
    if (places.size() > 1 && peek() == Token::period) {
      places.pop_back();
      --at_;
    }
    return make_number(value + "." + places);
  }

  // Python reads no whole number with leading zeros.
  static ExpressionPtr whole_number(const std::string& value) {
    if (value.front() == '0' && value.find_first_not_of('0') != std::string::npos) throw Refused();
    return make_number(value);
  }

  ExpressionPtr mathit() {
    ++at_;
    if (!take(Token::open_brace)) return nullptr;
    std::string name;
    while (peek() == Token::letter) {
      name += text();
      ++at_;
    }
    return take(Token::close_brace) && !name.empty() ? make_symbol(name) : nullptr;
  }

  // A digit, or an expression in braces.
  ExpressionPtr part() {
    if (peek() == Token::open_brace) return braced();
    if (peek() != Token::digit) return nullptr;
    ExpressionPtr value = make_number(text());
    ++at_;
    return value;
  }

  ExpressionPtr fraction() {
    ++at_;
    ExpressionPtr above = part();
    const std::size_t middle = at_;
    ExpressionPtr below = above ? part() : nullptr;
    if (!below) return nullptr;
    refuse_derivative(middle);
    return make(Op::multiply, {above, reciprocal(below)});
  }

  // \frac{...}{dx}, \frac{...}{\partial x}; the denominator's brace stands at `open` and what is behind it
  // was read.
  void refuse_derivative(std::size_t open) const {
    const std::size_t inside = at_ - open - 2;
    const SympyLexeme& first = tokens_[open + 1];
    if ((inside == 1 && first.token == Token::differential) || (inside == 2 && first.text == "\\partial")) {
      throw Refused();
    }
  }

  ExpressionPtr binomial() {
    ++at_;
    ExpressionPtr above = braced();
    ExpressionPtr below = above ? braced() : nullptr;
    return below ? make(Op::binomial, {above, below}) : nullptr;
  }

  std::vector<SympyLexeme> tokens_;
  std::size_t at_ = 0;
  std::size_t steps_ = 0;
  std::size_t nesting_ = 0;
  std::size_t bars_ = 0;   // open bars that the next bar may close
  std::size_t lists_ = 0;  // argument lists around
};

}  // namespace

ExpressionPtr parse_sympy_latex(std::string_view text) {
  try {
    return Parser(text).parse();
  } catch (const Refused&) {
    return nullptr;
  }
}

}  // namespace assay::eval::math
