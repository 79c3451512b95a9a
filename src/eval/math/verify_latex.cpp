#include "eval/math/verify_latex.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "eval/math/exact.hpp"
#include "eval/math/modular.hpp"
#include "eval/math/numeric.hpp"
#include "eval/math/verify_lexer.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval::math {
namespace {

namespace python = text::python;

using Token = VerifyToken;
using Kind = Value::Kind;
using MaybeValue = std::optional<Value>;
using Values = std::vector<Value>;

constexpr std::size_t token_limit = 4096;
constexpr std::size_t nesting_limit = 60;
constexpr std::size_t step_limit = 200000;
// Marks what sympy holds as one fraction, not as a quotient.
constexpr std::string_view fraction_mark = "fraction";

struct Refused {};

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

// Numbers and fractions take the sign in, as they are one object in sympy.
ExpressionPtr negated(const ExpressionPtr& value) {
  if (value->op == Op::number) {
    return make_number(value->name.starts_with('-') ? value->name.substr(1) : "-" + value->name);
  }
  if (value->name == fraction_mark) return make(Op::multiply, {make_number("-1"), value}, fraction_mark);
  return negative(value);
}

std::optional<Op> function_op(std::string_view name) {
  static constexpr std::pair<std::string_view, Op> functions[] = {
      {"exp", Op::exponential}, {"sin", Op::sin},        {"cos", Op::cos},       {"tan", Op::tan},
      {"csc", Op::csc},         {"sec", Op::sec},        {"cot", Op::cot},       {"arcsin", Op::arcsin},
      {"arccos", Op::arccos},   {"arctan", Op::arctan},  {"arccsc", Op::arccsc}, {"arcsec", Op::arcsec},
      {"arccot", Op::arccot},   {"sinh", Op::sinh},      {"cosh", Op::cosh},     {"tanh", Op::tanh},
      {"arsinh", Op::arsinh},   {"arcosh", Op::arcosh},  {"artanh", Op::artanh}, {"arcsinh", Op::arsinh},
      {"arccosh", Op::arcosh},  {"arctanh", Op::artanh}, {"floor", Op::floor},   {"ceil", Op::ceiling},
      {"gcd", Op::gcd},         {"lcm", Op::lcm},        {"max", Op::maximum},   {"min", Op::minimum}};
  for (const auto& [text, op] : functions) {
    if (text == name) return op;
  }
  return std::nullopt;
}

std::optional<Op> inverse(Op op) {
  static constexpr std::pair<Op, Op> inverses[] = {
      {Op::sin, Op::arcsin},  {Op::cos, Op::arccos},  {Op::tan, Op::arctan},
      {Op::csc, Op::arccsc},  {Op::sec, Op::arcsec},  {Op::cot, Op::arccot},
      {Op::sinh, Op::arsinh}, {Op::cosh, Op::arcosh}, {Op::tanh, Op::artanh}};
  for (const auto& [from, to] : inverses) {
    if (from == op) return to;
  }
  return std::nullopt;
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

std::optional<double> real_number(const Value& value) {
  if (value.kind != Kind::expression || contains(*value.expression, Op::symbol)) return std::nullopt;
  if (value.expression->op == Op::infinity) return std::numeric_limits<double>::infinity();
  try {
    const Approximation number = approximation(*value.expression);
    if (number.imaginary != 0) throw Refused();  // sympy has no intervals with complex ends
    return number.real;
  } catch (const Undefined&) {
    // -oo is a product with an infinity.
    if (!contains(*value.expression, Op::infinity)) throw Refused();
    return -std::numeric_limits<double>::infinity();
  }
}

Value interval(Value left, Value right, bool left_open, bool right_open) {
  const auto from = real_number(left);
  const auto to = real_number(right);
  if (from && to) {
    const bool both_open = left_open && right_open;
    const bool both_closed = !left_open && !right_open;
    if ((both_open && *to <= *from) || (both_closed && *to < *from))
      return make_value(Kind::tuple, {left, right});
    if (*to < *from || (*to == *from && !both_closed)) return {.kind = Kind::named_set, .name = "empty"};
    if (*to == *from) return make_value(Kind::finite_set, {left});
    left_open = left_open || std::isinf(*from);
    right_open = right_open || std::isinf(*to);
  }
  Value out = make_value(Kind::interval, {std::move(left), std::move(right)});
  out.left_open = left_open;
  out.right_open = right_open;
  return out;
}

bool is_set(const Value& value) {
  return value.kind != Kind::expression && value.kind != Kind::relation && value.kind != Kind::conjunction &&
         value.kind != Kind::matrix;
}

Comparison comparison_of(std::string_view text) {
  static constexpr std::string_view less[] = {"<", "\\lt"};
  static constexpr std::string_view less_equal[] = {"\\leq", "\\le", "\\leqslant", "≤", "≦", "<="};
  static constexpr std::string_view greater[] = {">", "\\gt"};
  static constexpr std::string_view greater_equal[] = {"\\geq", "\\ge", "\\geqslant", "≥", "≧", ">="};
  static constexpr std::string_view unequal[] = {"!=", "!==", "\\ne", "\\neq", "≠"};
  const auto is_in = [text](const auto& list) {
    return std::find(std::begin(list), std::end(list), text) != std::end(list);
  };
  if (is_in(less)) return Comparison::less;
  if (is_in(less_equal)) return Comparison::less_equal;
  if (is_in(greater)) return Comparison::greater;
  if (is_in(greater_equal)) return Comparison::greater_equal;
  return is_in(unequal) ? Comparison::unequal : Comparison::equal;
}

Value relation(Comparison comparison, Value left, Value right) {
  Value out = make_value(Kind::relation, {std::move(left), std::move(right)});
  out.comparison = comparison;
  return out;
}

// Of lists separated by semicolons: one element itself, one list a set, several lists a set of tuples.
Value set_or_element(std::vector<Values> lists) {
  if (lists.size() == 1) {
    if (lists[0].size() == 1) return lists[0][0];
    return make_value(Kind::finite_set, std::move(lists[0]));
  }
  Values elements;
  const bool single =
      std::all_of(lists.begin(), lists.end(), [](const Values& list) { return list.size() == 1; });
  for (Values& list : lists) elements.push_back(single ? list[0] : make_value(Kind::tuple, std::move(list)));
  return make_value(Kind::finite_set, std::move(elements));
}

Values flattened(std::vector<Values> lists) {
  Values out;
  for (Values& list : lists) out.insert(out.end(), list.begin(), list.end());
  return out;
}

// A recursive descent with ordered alternatives; the grammar has no other way to its end that would come
// first.
class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(verify_tokens(text, token_limit)) {}

  MaybeValue parse() {
    if (auto value = whole([&] { return named_elements(); })) return value;
    if (auto value = whole([&] { return elements_value(true); })) return value;
    return whole([&] { return set_relation(); });
  }

 private:
  enum class Functions { allowed, excluded };

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
    return tokens_[at_].token;
  }
  std::string_view text() const { return tokens_[at_].text; }
  bool take(Token token) {
    if (peek() != token) return false;
    ++at_;
    return true;
  }

  template <class Rule>
  auto attempt(Rule&& rule) {
    const std::size_t start = at_;
    const std::size_t bars = bars_;
    auto value = rule();
    if (!value) {
      at_ = start;
      bars_ = bars;
    }
    return value;
  }

  template <class Rule>
  MaybeValue whole(Rule&& rule) {
    at_ = 0;
    MaybeValue value = rule();
    return value && peek() == Token::end ? value : std::nullopt;
  }

  bool at_boundary() {
    switch (peek()) {
      case Token::end:
      case Token::comma:
      case Token::semicolon:
      case Token::close_parenthesis:
      case Token::close_bracket:
      case Token::close_brace:
      case Token::close_visual_brace:
        return true;
      default:
        return false;
    }
  }

  // x = ..., (x, y) in ...: the names.
  MaybeValue names() {
    if (peek() == Token::open_parenthesis) {
      return attempt([&]() -> MaybeValue {
        ++at_;
        Values values;
        do {
          ExpressionPtr name = atom_expression(true);
          if (!name) return std::nullopt;
          values.push_back(make_value(name));
        } while (take(Token::comma));
        if (!take(Token::close_parenthesis)) return std::nullopt;
        return values.size() == 1 ? values[0] : make_value(Kind::tuple, std::move(values));
      });
    }
    ExpressionPtr name = attempt([&] { return atom_expression(true); });
    return name ? MaybeValue(make_value(name)) : std::nullopt;
  }

  bool take_assignment() {
    if (peek() == Token::in || (peek() == Token::comparison && (text() == "=" || text() == "≡"))) {
      ++at_;
      return true;
    }
    return false;
  }

  MaybeValue named_elements() {
    MaybeValue left = names();
    if (!left || !take_assignment()) return std::nullopt;
    MaybeValue right = elements_value(false);
    return right ? MaybeValue(relation(Comparison::equal, *left, *right)) : std::nullopt;
  }

  MaybeValue elements_value(bool relations) {
    auto lists = semicolon_elements(relations);
    return lists ? MaybeValue(set_or_element(std::move(*lists))) : std::nullopt;
  }

  std::optional<std::vector<Values>> semicolon_elements(bool relations) {
    const Level level(*this);
    std::vector<Values> lists;
    do {
      Values list;
      do {
        auto values = element(relations);
        if (!values) return std::nullopt;
        list.insert(list.end(), values->begin(), values->end());
      } while (take(Token::comma));
      lists.push_back(std::move(list));
    } while (take(Token::semicolon));
    return lists;
  }

  std::optional<Values> element(bool relations) {
    const auto bounded = [&](auto&& rule) {
      return attempt([&]() -> std::optional<Values> {
        std::optional<Values> values = rule();
        return values && at_boundary() ? values : std::nullopt;
      });
    };
    if (auto values = bounded([&] { return plus_minus(); })) return values;
    if (auto values = bounded([&] { return one(set_atom()); })) return values;
    return bounded([&] { return one(relations ? relation_chain() : expression_value()); });
  }

  static std::optional<Values> one(MaybeValue value) {
    if (!value) return std::nullopt;
    return Values{std::move(*value)};
  }

  MaybeValue expression_value() {
    ExpressionPtr matrix_free = additive();
    return matrix_free ? MaybeValue(make_value(matrix_free)) : matrix_value();
  }

  // A matrix is read only where it is the whole of an element.
  MaybeValue matrix_value() {
    if (peek() != Token::matrix_start) return std::nullopt;
    ++at_;
    Values items;
    std::size_t columns = 0;
    while (true) {
      std::size_t in_row = 0;
      do {
        ExpressionPtr entry = additive();
        if (!entry) return std::nullopt;
        items.push_back(make_value(entry));
        ++in_row;
      } while (take(Token::column));
      if (columns != 0 && columns != in_row) throw Refused();
      columns = in_row;
      const bool more = take(Token::row);
      if (take(Token::matrix_end)) break;
      if (!more) return std::nullopt;
    }
    Value out = make_value(Kind::matrix, std::move(items));
    out.columns = columns;
    return out;
  }

  std::optional<Values> plus_minus() {
    ExpressionPtr left;
    if (peek() != Token::plus_minus) {
      left = additive();
      if (!left) return std::nullopt;
    }
    if (!take(Token::plus_minus)) return std::nullopt;
    ExpressionPtr right = additive();
    if (!right) return std::nullopt;
    if (!left) return Values{make_value(negated(right)), make_value(right)};
    return Values{make_value(make(Op::add, {left, right})),
                  make_value(make(Op::add, {left, negated(right)}))};
  }

  MaybeValue relation_chain() {
    MaybeValue value = expression_value();
    while (value && (peek() == Token::comparison || peek() == Token::approximately || peek() == Token::in)) {
      const Token token = peek();
      if (token == Token::in) return std::nullopt;
      const Comparison comparison = comparison_of(text());
      ++at_;
      MaybeValue right = expression_value();
      if (!right) return std::nullopt;
      if (token == Token::approximately) {
        if (value->kind == Kind::expression && only_symbols(*value->expression)) value = right;
        continue;
      }
      value = chained(comparison, std::move(*value), std::move(*right));
    }
    return value;
  }

  static Value chained(Comparison comparison, Value left, Value right) {
    if (left.kind == Kind::conjunction) {
      left.items.push_back(relation(comparison, left.items.back().items[1], std::move(right)));
      return left;
    }
    if (left.kind != Kind::relation) return relation(comparison, std::move(left), std::move(right));
    Value next = relation(comparison, left.items[1], std::move(right));
    return make_value(Kind::conjunction, {std::move(left), std::move(next)});
  }

  static bool only_symbols(const Expression& expression) {
    if (expression.op == Op::symbol) return true;
    return !expression.arguments.empty() &&
           std::all_of(expression.arguments.begin(), expression.arguments.end(),
                       [](const auto& argument) { return only_symbols(*argument); });
  }

  MaybeValue set_relation() {
    MaybeValue named = attempt([&]() -> MaybeValue {
      MaybeValue left = names();
      if (!left || !take_assignment()) return std::nullopt;
      MaybeValue right = set_relation();
      return right ? MaybeValue(relation(Comparison::equal, *left, *right)) : std::nullopt;
    });
    return named ? named : set_expression(0);
  }

  // Differences of unions of intersections.
  MaybeValue set_expression(int tightness) {
    static constexpr std::array<std::pair<Token, Kind>, 3> operators = {
        {{Token::set_minus, Kind::difference},
         {Token::unite, Kind::unite},
         {Token::intersect, Kind::intersection}}};
    if (tightness == 3) return set_group();
    const auto [token, kind] = operators[static_cast<std::size_t>(tightness)];
    MaybeValue left = set_expression(tightness + 1);
    while (left && take(token)) {
      MaybeValue right = set_expression(tightness + 1);
      if (!right) return std::nullopt;
      for (Value* side : {&*left, &*right}) {
        if (side->kind == Kind::tuple) side->kind = Kind::finite_set;
        if (!is_set(*side)) throw Refused();
      }
      left = make_value(kind, {std::move(*left), std::move(*right)});
    }
    return left;
  }

  MaybeValue set_group() {
    const Level level(*this);
    if (peek() == Token::open_parenthesis) {
      MaybeValue inner = attempt([&]() -> MaybeValue {
        ++at_;
        MaybeValue value = set_expression(0);
        return value && take(Token::close_parenthesis) ? value : std::nullopt;
      });
      if (inner) return inner;
    }
    return set_atom();
  }

  MaybeValue set_atom() {
    switch (peek()) {
      case Token::open_parenthesis:
      case Token::open_bracket: {
        if (auto value = attempt([&] { return interval_value(); })) return value;
        return attempt([&] { return tuple_value(); });
      }
      case Token::named_set:
        return named_set();
      case Token::open_brace:
        return finite_set(Token::close_brace);
      case Token::open_visual_brace:
        return finite_set(Token::close_visual_brace);
      case Token::boxed:
        return attempt([&]() -> MaybeValue {
          ++at_;
          if (!take(Token::open_brace)) return std::nullopt;
          auto lists = semicolon_elements(true);
          if (!lists || !take(Token::close_brace)) return std::nullopt;
          return set_or_element(std::move(*lists));
        });
      default:
        return std::nullopt;
    }
  }

  MaybeValue interval_value() {
    const bool left_open = peek() == Token::open_parenthesis;
    ++at_;
    ExpressionPtr left = additive();
    if (!left || !take(Token::comma)) return std::nullopt;
    ExpressionPtr right = additive();
    if (!right || (peek() != Token::close_parenthesis && peek() != Token::close_bracket)) return std::nullopt;
    const bool right_open = peek() == Token::close_parenthesis;
    ++at_;
    return interval(make_value(left), make_value(right), left_open, right_open);
  }

  MaybeValue tuple_value() {
    const Token close = peek() == Token::open_parenthesis ? Token::close_parenthesis : Token::close_bracket;
    ++at_;
    auto lists = semicolon_elements(true);
    if (!lists || !take(close)) return std::nullopt;
    Values values = flattened(std::move(*lists));
    return values.size() == 1 ? values[0] : make_value(Kind::tuple, std::move(values));
  }

  MaybeValue named_set() {
    static constexpr std::pair<std::string_view, std::string_view> sets[] = {
        {"\\mathbb{N}", "N"}, {"ℕ", "N"}, {"\\mathbb{Z}", "Z"}, {"ℤ", "Z"}, {"\\mathbb{Q}", "Q"}, {"ℚ", "Q"},
        {"\\mathbb{R}", "R"}, {"ℝ", "R"}, {"\\mathbb{C}", "C"}, {"ℂ", "C"}};
    std::string name = "empty";
    for (const auto& [written, set] : sets) {
      if (written == text()) name = set;
    }
    ++at_;
    return Value{.kind = Kind::named_set, .name = std::move(name)};
  }

  MaybeValue finite_set(Token close) {
    return attempt([&]() -> MaybeValue {
      ++at_;
      if (take(close)) return Value{.kind = Kind::named_set, .name = "empty"};
      auto lists = semicolon_elements(true);
      if (!lists || !take(close)) return std::nullopt;
      return make_value(Kind::finite_set, flattened(std::move(*lists)));
    });
  }

  ExpressionPtr additive() {
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

  ExpressionPtr product(Functions functions) {
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

  ExpressionPtr unary(Functions functions) {
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

  // Two factors side by side: a whole number and a positive fraction are a mixed number.
  static ExpressionPtr adjacent(const ExpressionPtr& left, const ExpressionPtr& right) {
    if (!is_whole(*left) || !is_fraction(*right) || !is_positive(*right))
      return make(Op::multiply, {left, right});
    const bool minus = left->name.starts_with('-');
    return make(Op::add, {left, minus ? negative(right) : right}, fraction_mark);
  }

  ExpressionPtr postfix(Functions functions) {
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

  ExpressionPtr power(Functions functions) {
    ExpressionPtr value = component(functions);
    while (value && peek() == Token::caret) {
      ExpressionPtr exponent = attempt([&] { return superscript(); });
      if (!exponent) break;
      value = make(Op::power, {value, exponent});
      attempt([&] { return subscript_text(); });
    }
    return value;
  }

  ExpressionPtr superscript() {
    if (!take(Token::caret)) return nullptr;
    return peek() == Token::open_brace ? enclosed(Token::open_brace, Token::close_brace) : atom(false);
  }

  ExpressionPtr enclosed(Token open, Token close) {
    if (!take(open)) return nullptr;
    const std::size_t bars = std::exchange(bars_, 0);
    ExpressionPtr value = additive();
    bars_ = bars;
    return value && take(close) ? value : nullptr;
  }

  ExpressionPtr component(Functions functions) {
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

  ExpressionPtr wrapped(Op op, Token open, Token close) {
    ExpressionPtr value = enclosed(open, close);
    return value ? make(op, {value}) : nullptr;
  }

  // {n \choose k}
  ExpressionPtr chosen() {
    ++at_;
    ExpressionPtr above = additive();
    if (!above || !take(Token::choose)) return nullptr;
    ExpressionPtr below = additive();
    return below && take(Token::close_brace) ? make(Op::binomial, {above, below}) : nullptr;
  }

  ExpressionPtr braced() { return enclosed(Token::open_brace, Token::close_brace); }

  ExpressionPtr fraction() {
    ++at_;
    ExpressionPtr above = braced();
    const std::size_t middle = at_;
    ExpressionPtr below = above ? braced() : nullptr;
    if (!below) return nullptr;
    if (at_ == middle + 3 && tokens_[middle + 1].token == Token::differential) throw Refused();
    return quotient(above, below);
  }

  ExpressionPtr binomial() {
    ++at_;
    ExpressionPtr above = braced();
    ExpressionPtr below = above ? braced() : nullptr;
    return below ? make(Op::binomial, {above, below}) : nullptr;
  }

  ExpressionPtr function() {
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

  ExpressionPtr named_function(std::string_view name) {
    ExpressionPtr base = attempt([&] { return subscript(); });
    ExpressionPtr exponent = attempt([&] { return superscript(); });
    if (!base && exponent) base = attempt([&] { return subscript(); });
    ExpressionPtr argument =
        attempt([&] { return enclosed(Token::open_parenthesis, Token::close_parenthesis); });
    if (!argument) argument = attempt([&] { return product(Functions::excluded); });
    if (!argument) return nullptr;
    const std::optional<Op> op = function_op(name);
    if (op && exponent && is_whole(*exponent) && exponent->name == "-1") {
      if (const auto inverted = inverse(*op)) return make(*inverted, {argument});
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

  ExpressionPtr list_function(std::string_view name) {
    if (!take(Token::open_parenthesis)) return nullptr;
    std::vector<ExpressionPtr> arguments;
    do {
      arguments.push_back(additive());
    } while (arguments.back() && take(Token::comma));
    if (!arguments.back() || !take(Token::close_parenthesis)) return nullptr;
    return make(*function_op(name), std::move(arguments));
  }

  ExpressionPtr operator_function() {
    ++at_;
    if (!take(Token::open_brace)) return nullptr;
    const std::string_view name = text();
    ++at_;
    if (!take(Token::close_brace)) return nullptr;
    if (name == "gcd" || name == "lcm") return list_function(name);
    if (!function_op(name)) throw Refused();
    return named_function(name);
  }

  // f(x) of one atom, f(x, y) of several expressions.
  ExpressionPtr unknown_function() {
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
      return value && (peek() == Token::close_parenthesis || peek() == Token::close_bracket) ? value
                                                                                             : nullptr;
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

  // What stands behind "_", as it is written.
  std::optional<std::string> subscript_text() {
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

  std::string written(std::size_t from, std::size_t to) const {
    std::string out;
    for (std::size_t i = from; i < to; ++i) out += tokens_[i].text;
    return out;
  }

  // The base of a logarithm.
  ExpressionPtr subscript() {
    if (!take(Token::underscore)) return nullptr;
    return peek() == Token::open_brace ? braced() : atom(false);
  }

  // A symbol with subscript and, if `powers`, superscript.
  ExpressionPtr atom_expression(bool powers) {
    const Token token = peek();
    if (token != Token::letter && token != Token::greek && token != Token::accent) return nullptr;
    const std::string_view written_as = text();
    ++at_;
    if (written_as == "I") return make(Op::imaginary, {});
    std::string name =
        symbol_name(token == Token::accent ? accent_name(written_as) : std::string(written_as));
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

  ExpressionPtr atom(bool powers) {
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

  static ExpressionPtr number(std::string_view digits) {
    if (digits.find('.') == std::string_view::npos) {
      digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
    }
    return make_number(digits.starts_with('.') ? "0" + std::string(digits) : std::string(digits));
  }

  ExpressionPtr scientific() {
    const std::size_t e = text().find('E');
    std::string_view exponent = text().substr(e + 1);
    const std::string_view mantissa = text().substr(0, e);
    ++at_;
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    return make(Op::multiply,
                {number(mantissa), make(Op::power, {make_number("10"), make_number(exponent)})});
  }

  std::vector<VerifyLexeme> tokens_;
  std::size_t at_ = 0;
  std::size_t steps_ = 0;
  std::size_t nesting_ = 0;
  std::size_t bars_ = 0;
};

// One number with commas between thousands.
std::optional<Value> thousands(std::string_view text) {
  static const PythonRegex number(R"(^\s*-?\d{1,3}(,\d{3})+(\.\d+)?\s*$)");
  if (number.find_all(text).empty()) return std::nullopt;
  std::string digits(text);
  if (digits.starts_with('0')) {
    std::replace(digits.begin(), digits.end(), ',', '.');
  } else {
    digits = python::replace_all(digits, ",", "");
  }
  digits = python::strip(python::replace_all(digits, " ", ""));
  if (std::count(digits.begin(), digits.end(), '.') > 1) throw Refused();
  const bool minus = digits.starts_with('-');
  const bool ascii = std::all_of(digits.begin() + (minus ? 1 : 0), digits.end(),
                                 [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  if (!ascii) throw Refused();
  return make_value(make_number(digits));
}

void mark(Value& value, Variables variables) {
  value.variables = variables;
  for (Value& item : value.items) mark(item, variables);
}

bool is_complete(const Value& value) {
  if (value.kind == Kind::expression && !value.expression) return false;
  return std::all_of(value.items.begin(), value.items.end(), is_complete);
}

std::string behind_last_equation(std::string_view text) {
  static const PythonRegex equals(R"((?<!\\|<|!|>)=)");
  if (text.find_first_of(",;") != std::string_view::npos) return std::string(text);
  std::size_t count = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char before = i == 0 ? ' ' : text[i - 1];
    if (text[i] != '=' || before == '\\' || before == '<' || before == '!' || before == '>') continue;
    ++count;
    last = i + 1;
  }
  return std::string(count >= 2 ? text.substr(last) : text);
}

}  // namespace

bool treat_as_complex(std::string_view text) {
  static const PythonRegex pattern(
      R"(\\mathbb\{C\}|\\i\b|\bi\b|\\text\{i\}|\\mathrm\{i\}|\\imath\b|\\det|\\operatorname\{tr\}|\\operatorname\{rank\}|\\text\{rank\}|\\arg\{|\\Re\{|\\Im\{|\\operatorname\{Re\}|\\operatorname\{Im\}|\\text\{Re\}|\\text\{Im\})");
  return !pattern.find_all(text).empty();
}

std::optional<Value> parse_verify_latex(std::string_view text) {
  try {
    std::optional<Value> value = Parser(text).parse();
    if (value && value->kind == Kind::finite_set) {
      if (auto number = thousands(text)) value = number;
    }
    if (!value || !is_complete(*value)) return std::nullopt;
    mark(*value, treat_as_complex(text) ? Variables::complex : Variables::real);
    return value;
  } catch (const Refused&) {
    return std::nullopt;
  }
}

std::optional<Value> parse_verify_answer(std::string_view text) {
  if (auto value = parse_verify_latex(text)) return value;
  const std::string last = behind_last_equation(text);
  return last == text ? std::nullopt : parse_verify_latex(last);
}

}  // namespace assay::eval::math
