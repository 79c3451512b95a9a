#include "eval/math/verify_expression.hpp"

#include <algorithm>

#include "assay/text/python.hpp"
#include "eval/math/exact.hpp"
#include "eval/math/function_names.hpp"

namespace assay::eval::math {
namespace {

namespace python = text::python;

// Marks what sympy holds as one fraction, not as a quotient.
constexpr std::string_view fraction_mark = "fraction";

bool is_whole(const Expression& expression) {
  return expression.op == Op::number && expression.name.find('.') == std::string::npos;
}
bool is_fraction(const Expression& expression) {
  return is_whole(expression) || expression.name == fraction_mark;
}
bool is_positive(const Expression& expression) {
  const auto value = exact_value(expression);
  return value ? value->numerator > 0 : !expression.name.starts_with('-');
}

ExpressionPtr quotient(const ExpressionPtr& above, const ExpressionPtr& below) {
  const bool both = is_whole(*above) && is_whole(*below);
  return make(Op::multiply, {above, reciprocal(below)}, both ? fraction_mark : std::string_view());
}

std::string symbol_name(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> letters[] = {
      {"α", "alpha"}, {"β", "beta"},  {"δ", "delta"},  {"Δ", "Delta"}, {"ε", "epsilon"}, {"ζ", "zeta"},
      {"η", "eta"},   {"θ", "theta"}, {"λ", "lambda"}, {"μ", "mu"},    {"ν", "nu"},      {"ξ", "xi"},
      {"π", "pi"},    {"ρ", "rho"},   {"σ", "sigma"},  {"τ", "tau"},   {"φ", "phi"},     {"ϕ", "varphi"},
      {"χ", "chi"},   {"ψ", "psi"},   {"ω", "omega"},  {"Ω", "Omega"}};
  for (const auto& [letter, name] : letters) {
    if (letter == text) return std::string(name);
  }
  return std::string(text.starts_with('\\') ? text.substr(1) : text);
}

// \text{...} and its like: the content without spaces, with the accent's name unless it only sets a font.
std::string accent_name(std::string_view text) {
  const std::size_t open = text.find('{');
  const std::string_view accent = python::strip(text.substr(1, open - 1));
  std::string content = python::replace_all(text.substr(open + 1, text.size() - open - 2), " ", "");
  if (accent.find("text") != std::string_view::npos || accent == "mbox") {
    return python::replace_all(python::replace_all(content, "(", ""), ")", "");
  }
  std::string name(accent);
  if (accent == "overline") name = "bar";
  if (accent == "overrightarrow") name = "vec";
  if (accent == "widetilde") name = "tilde";
  if (accent.find("math") != std::string_view::npos) name = "math";
  return name + "{" + content + "}";
}

}  // namespace

ExpressionPtr negated(const ExpressionPtr& value) {
  if (value->op == Op::number) {
    return make_number(value->name.starts_with('-') ? value->name.substr(1) : "-" + value->name);
  }
  if (value->name == fraction_mark) return make(Op::multiply, {make_number("-1"), value}, fraction_mark);
  return negative(value);
}

ExpressionPtr VerifyExpressionParser::additive() {
  const Level level(*this);
  ExpressionPtr sum = product(Functions::allowed);
  while (sum && (peek() == Token::add || peek() == Token::subtract)) {
    const bool minus = peek() == Token::subtract;
    ++at_;
    ExpressionPtr next = product(Functions::allowed);
    if (!next) return nullptr;
    sum = make(Op::add, {sum, minus ? negated(next) : next});
  }
  return sum;
}

ExpressionPtr VerifyExpressionParser::product(Functions functions) {
  const Level level(*this);
  ExpressionPtr value = unary(functions);
  while (value && (peek() == Token::multiply || peek() == Token::divide || peek() == Token::modulo)) {
    const Token token = peek();
    ++at_;
    ExpressionPtr next = unary(functions);
    if (!next) return nullptr;
    if (token == Token::multiply) value = make(Op::multiply, {value, next});
    if (token == Token::divide) value = quotient(value, next);
    if (token == Token::modulo) value = make(Op::modulo, {value, next});
  }
  return value;
}

ExpressionPtr VerifyExpressionParser::unary(Functions functions) {
  bool minus = false;
  while (peek() == Token::add || peek() == Token::subtract) {
    if (peek() == Token::subtract) minus = !minus;
    ++at_;
  }
  std::vector<ExpressionPtr> factors;
  Functions now = Functions::allowed;
  while (ExpressionPtr factor = attempt([&] { return postfix(now); })) {
    factors.push_back(std::move(factor));
    now = functions;
  }
  if (factors.empty()) return nullptr;
  ExpressionPtr value = factors.back();
  for (std::size_t i = factors.size() - 1; value && i-- > 0;) value = adjacent(factors[i], value);
  return minus && value ? negated(value) : value;
}

ExpressionPtr VerifyExpressionParser::adjacent(const ExpressionPtr& left, const ExpressionPtr& right) {
  if (!is_whole(*left) || !is_fraction(*right) || !is_positive(*right))
    return make(Op::multiply, {left, right});
  const bool minus = left->name.starts_with('-');
  return make(Op::add, {left, minus ? negative(right) : right}, fraction_mark);
}

ExpressionPtr VerifyExpressionParser::postfix(Functions functions) {
  ExpressionPtr value = power(functions);
  while (value) {
    if (take(Token::bang)) {
      value = make(Op::factorial, {value});
    } else if (peek() == Token::transpose || peek() == Token::degree) {
      ++at_;
    } else {
      break;
    }
  }
  return value;
}

ExpressionPtr VerifyExpressionParser::power(Functions functions) {
  ExpressionPtr value = component(functions);
  while (value && peek() == Token::caret) {
    ExpressionPtr exponent = attempt([&] { return superscript(); });
    if (!exponent) break;
    value = make(Op::power, {value, exponent});
    attempt([&] { return subscript_text(); });
  }
  return value;
}

ExpressionPtr VerifyExpressionParser::superscript() {
  if (!take(Token::caret)) return nullptr;
  return peek() == Token::open_brace ? enclosed(Token::open_brace, Token::close_brace) : atom(false);
}

ExpressionPtr VerifyExpressionParser::enclosed(Token open, Token close) {
  if (!take(open)) return nullptr;
  const std::size_t bars = std::exchange(bars_, 0);
  ExpressionPtr value = additive();
  bars_ = bars;
  return value && take(close) ? value : nullptr;
}

ExpressionPtr VerifyExpressionParser::component(Functions functions) {
  switch (peek()) {
    case Token::open_parenthesis:
      return enclosed(Token::open_parenthesis, Token::close_parenthesis);
    case Token::open_bracket:
      return enclosed(Token::open_bracket, Token::close_bracket);
    case Token::open_visual_brace:
      return enclosed(Token::open_visual_brace, Token::close_visual_brace);
    case Token::open_brace: {
      if (auto value = attempt([&] { return chosen(); })) return value;
      return enclosed(Token::open_brace, Token::close_brace);
    }
    case Token::boxed:
      ++at_;
      return enclosed(Token::open_brace, Token::close_brace);
    case Token::open_angle:
      return enclosed(Token::open_angle, Token::close_angle);
    case Token::left_bar:
      return wrapped(Op::absolute, Token::left_bar, Token::right_bar);
    case Token::open_floor:
      return wrapped(Op::floor, Token::open_floor, Token::close_floor);
    case Token::open_ceiling:
      return wrapped(Op::ceiling, Token::open_ceiling, Token::close_ceiling);
    case Token::bar: {
      ++at_;
      ++bars_;
      ExpressionPtr value = additive();
      --bars_;
      return value && take(Token::bar) ? make(Op::absolute, {value}) : nullptr;
    }
    case Token::fraction:
      return fraction();
    case Token::binomial:
      return binomial();
    default:
      break;
  }
  if (functions == Functions::allowed) {
    if (ExpressionPtr value = attempt([&] { return function(); })) return value;
  }
  return atom(true);
}

ExpressionPtr VerifyExpressionParser::wrapped(Op op, Token open, Token close) {
  ExpressionPtr value = enclosed(open, close);
  return value ? make(op, {value}) : nullptr;
}

ExpressionPtr VerifyExpressionParser::chosen() {
  ++at_;
  ExpressionPtr above = additive();
  if (!above || !take(Token::choose)) return nullptr;
  ExpressionPtr below = additive();
  return below && take(Token::close_brace) ? make(Op::binomial, {above, below}) : nullptr;
}

ExpressionPtr VerifyExpressionParser::braced() {
  return enclosed(Token::open_brace, Token::close_brace);
}

ExpressionPtr VerifyExpressionParser::fraction() {
  ++at_;
  ExpressionPtr above = braced();
  const std::size_t middle = at_;
  ExpressionPtr below = above ? braced() : nullptr;
  if (!below) return nullptr;
  if (at_ == middle + 3 && tokens_[middle + 1].token == Token::differential) throw Refused();
  return quotient(above, below);
}

ExpressionPtr VerifyExpressionParser::binomial() {
  ++at_;
  ExpressionPtr above = braced();
  ExpressionPtr below = above ? braced() : nullptr;
  return below ? make(Op::binomial, {above, below}) : nullptr;
}

ExpressionPtr VerifyExpressionParser::function() {
  switch (peek()) {
    case Token::function: {
      const std::string_view name = text().substr(1);
      ++at_;
      return named_function(name);
    }
    case Token::list_function: {
      const std::string_view name = text().substr(1);
      ++at_;
      return list_function(name);
    }
    case Token::operator_name:
      return operator_function();
    case Token::root:
      return root();
    case Token::exponential: {
      ++at_;
      ExpressionPtr exponent = attempt([&] { return superscript(); });
      return exponent ? make(Op::exponential, {exponent}) : make(Op::constant_e, {});
    }
    case Token::letter:
    case Token::greek:
    case Token::accent:
      return unknown_function();
    default:
      return nullptr;
  }
}

ExpressionPtr VerifyExpressionParser::root() {
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

ExpressionPtr VerifyExpressionParser::named_function(std::string_view name) {
  ExpressionPtr base = attempt([&] { return subscript(); });
  ExpressionPtr exponent = attempt([&] { return superscript(); });
  if (!base && exponent) base = attempt([&] { return subscript(); });
  ExpressionPtr argument =
      attempt([&] { return enclosed(Token::open_parenthesis, Token::close_parenthesis); });
  if (!argument) argument = attempt([&] { return product(Functions::excluded); });
  if (!argument) return nullptr;
  const std::optional<Op> op = function_op(name);
  if (op && exponent && is_whole(*exponent) && exponent->name == "-1") {
    if (const auto inverted = inverse_function(*op)) return make(*inverted, {argument});
  }
  ExpressionPtr value;
  if (op) {
    value = make(*op, {argument});
  } else {
    if (!base) base = name == "log" ? make_number("10") : make(Op::constant_e, {});
    value = make(Op::logarithm, {argument, base});
  }
  return exponent ? make(Op::power, {value, exponent}) : value;
}

ExpressionPtr VerifyExpressionParser::list_function(std::string_view name) {
  if (!take(Token::open_parenthesis)) return nullptr;
  std::vector<ExpressionPtr> arguments;
  do {
    arguments.push_back(additive());
  } while (arguments.back() && take(Token::comma));
  if (!arguments.back() || !take(Token::close_parenthesis)) return nullptr;
  return make(*function_op(name), std::move(arguments));
}

ExpressionPtr VerifyExpressionParser::operator_function() {
  ++at_;
  if (!take(Token::open_brace)) return nullptr;
  const std::string_view name = text();
  ++at_;
  if (!take(Token::close_brace)) return nullptr;
  if (name == "gcd" || name == "lcm") return list_function(name);
  if (!function_op(name)) throw Refused();
  return named_function(name);
}

ExpressionPtr VerifyExpressionParser::unknown_function() {
  const std::string_view name = text();
  ExpressionPtr symbol = atom_expression(false);
  if (!symbol) return nullptr;
  ExpressionPtr exponent = attempt([&] { return superscript(); });
  const bool braces = take(Token::open_brace);
  const bool round = peek() == Token::open_parenthesis;
  if (!round && peek() != Token::open_bracket) return nullptr;
  ++at_;
  std::vector<ExpressionPtr> arguments;
  ExpressionPtr single = attempt([&] {
    ExpressionPtr value = atom(true);
    return value && (peek() == Token::close_parenthesis || peek() == Token::close_bracket) ? value : nullptr;
  });
  if (single) {
    arguments.push_back(single);
  } else {
    do {
      arguments.push_back(additive());
    } while (arguments.back() && take(Token::comma));
    if (!arguments.back() || arguments.size() < 2) return nullptr;
  }
  if (!take(round ? Token::close_parenthesis : Token::close_bracket)) return nullptr;
  if (braces && !take(Token::close_brace)) return nullptr;
  ExpressionPtr value = make(Op::apply, std::move(arguments), std::string(name) + symbol->name);
  return exponent ? make(Op::power, {value, exponent}) : value;
}

std::optional<std::string> VerifyExpressionParser::subscript_text() {
  if (!take(Token::underscore)) return std::nullopt;
  const std::size_t start = at_;
  if (peek() == Token::open_brace) {
    ++at_;
    do {
      if (!additive()) return std::nullopt;
    } while (take(Token::comma));
    if (!take(Token::close_brace)) return std::nullopt;
    return written(start + 1, at_ - 1);
  }
  if (!atom(false)) return std::nullopt;
  return written(start, at_);
}

std::string VerifyExpressionParser::written(std::size_t from, std::size_t to) const {
  std::string out;
  for (std::size_t i = from; i < to; ++i) out += tokens_[i].text;
  return out;
}

ExpressionPtr VerifyExpressionParser::subscript() {
  if (!take(Token::underscore)) return nullptr;
  return peek() == Token::open_brace ? braced() : atom(false);
}

ExpressionPtr VerifyExpressionParser::atom_expression(bool powers) {
  const Token token = peek();
  if (token != Token::letter && token != Token::greek && token != Token::accent) return nullptr;
  const std::string_view written_as = text();
  ++at_;
  if (written_as == "I") return make(Op::imaginary, {});
  std::string name = symbol_name(token == Token::accent ? accent_name(written_as) : std::string(written_as));
  ExpressionPtr exponent;
  if (peek() == Token::caret && powers) {
    exponent = attempt([&] { return superscript(); });
  }
  if (auto below = attempt([&] { return subscript_text(); })) {
    name += python::length(*below) > 1 ? "_{" + *below + "}" : "_" + *below;
    if (!exponent && powers) exponent = attempt([&] { return superscript(); });
  }
  ExpressionPtr value = name == "pi" ? make(Op::constant_pi, {}) : make_symbol(python::lower(name));
  return exponent ? make(Op::power, {value, exponent}) : value;
}

ExpressionPtr VerifyExpressionParser::atom(bool powers) {
  const Level level(*this);
  switch (peek()) {
    case Token::letter:
    case Token::greek:
    case Token::accent:
      return atom_expression(powers);
    case Token::infinity:
      ++at_;
      return make(Op::infinity, {});
    case Token::number: {
      ExpressionPtr value = number(text());
      ++at_;
      attempt([&] { return subscript_text(); });
      return value;
    }
    case Token::number_exponent:
      return scientific();
    case Token::capital_e:
      ++at_;
      return make_symbol("e");
    // The package's parser for ANTLR 4.11, which minerva_math asks for, fails on these.
    case Token::percent:
      throw Refused();
    case Token::differential: {
      const std::string_view variable = text().substr(text().find_first_not_of(" \t\r\n", 1));
      ++at_;
      return make_symbol("d" + std::string(variable.substr(variable.front() == '\\' ? 1 : 0)));
    }
    default:
      return nullptr;
  }
}

ExpressionPtr VerifyExpressionParser::number(std::string_view digits) {
  if (digits.find('.') == std::string_view::npos) {
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  }
  return make_number(digits.starts_with('.') ? "0" + std::string(digits) : std::string(digits));
}

ExpressionPtr VerifyExpressionParser::scientific() {
  const std::size_t e = text().find('E');
  std::string_view exponent = text().substr(e + 1);
  const std::string_view mantissa = text().substr(0, e);
  ++at_;
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  return make(Op::multiply, {number(mantissa), make(Op::power, {make_number("10"), make_number(exponent)})});
}

}  // namespace assay::eval::math
