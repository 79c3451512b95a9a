#include "eval/math/verify_latex.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "eval/math/modular.hpp"
#include "eval/math/numeric.hpp"
#include "eval/math/verify_expression.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval::math {
namespace {

namespace python = text::python;

using Kind = Value::Kind;
using MaybeValue = std::optional<Value>;
using Values = std::vector<Value>;
using Refused = VerifyExpressionParser::Refused;

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

// Ordered alternatives; the grammar has no other way to its end that would come first.
class Parser : private VerifyExpressionParser {
 public:
  using VerifyExpressionParser::VerifyExpressionParser;

  MaybeValue parse() {
    if (auto value = whole([&] { return named_elements(); })) return value;
    if (auto value = whole([&] { return elements_value(true); })) return value;
    return whole([&] { return set_relation(); });
  }

 private:
  template <class Rule>
  MaybeValue whole(Rule&& rule) {
    rewind();
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
        advance();
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
      advance();
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
    advance();
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
      advance();
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
    const Level level(*this);
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
        advance();
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
          advance();
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
    advance();
    ExpressionPtr left = additive();
    if (!left || !take(Token::comma)) return std::nullopt;
    ExpressionPtr right = additive();
    if (!right || (peek() != Token::close_parenthesis && peek() != Token::close_bracket)) return std::nullopt;
    const bool right_open = peek() == Token::close_parenthesis;
    advance();
    return interval(make_value(left), make_value(right), left_open, right_open);
  }

  MaybeValue tuple_value() {
    const Token close = peek() == Token::open_parenthesis ? Token::close_parenthesis : Token::close_bracket;
    advance();
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
    advance();
    return Value{.kind = Kind::named_set, .name = std::move(name)};
  }

  MaybeValue finite_set(Token close) {
    return attempt([&]() -> MaybeValue {
      advance();
      if (take(close)) return Value{.kind = Kind::named_set, .name = "empty"};
      auto lists = semicolon_elements(true);
      if (!lists || !take(close)) return std::nullopt;
      return make_value(Kind::finite_set, flattened(std::move(*lists)));
    });
  }
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
