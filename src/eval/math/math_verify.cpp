#include "eval/math/math_verify.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/math/exact.hpp"
#include "eval/math/modular.hpp"
#include "eval/math/numeric.hpp"
#include "eval/math/verify_latex.hpp"

namespace assay::eval::math {
namespace {

namespace python = text::python;

using Kind = Value::Kind;

constexpr double close_enough = 1e-15;  // what sympy's evaluation to 15 digits takes as nothing
constexpr std::size_t element_limit = 200;

// Python would raise here: the answers are not equal.
struct Incomparable {};

bool equal(const Value& gold, const Value& target);

bool is_relation(const Value& value) {
  return value.kind == Kind::relation || value.kind == Kind::conjunction;
}
bool is_list(const Value& value) {
  return value.kind == Kind::finite_set || value.kind == Kind::tuple;
}
bool is_set(const Value& value) {
  return value.kind != Kind::expression && value.kind != Kind::matrix && !is_relation(value);
}

bool is_equation(const Value& value) {
  if (value.kind == Kind::relation) return value.comparison == Comparison::equal;
  return value.kind == Kind::conjunction && std::all_of(value.items.begin(), value.items.end(), is_equation);
}

bool only_symbols(const Expression& expression) {
  if (expression.op == Op::symbol) return true;
  if (expression.op == Op::power && expression.arguments[1]->name == "-1")
    return only_symbols(*expression.arguments[0]);
  return !expression.arguments.empty() &&
         std::all_of(expression.arguments.begin(), expression.arguments.end(),
                     [](const auto& argument) { return only_symbols(*argument); });
}

bool only_symbols(const Value& value) {
  if (value.kind == Kind::expression) return only_symbols(*value.expression);
  return !value.items.empty() && std::all_of(value.items.begin(), value.items.end(),
                                             [](const Value& item) { return only_symbols(item); });
}

bool is_assignment(const Value& value) {
  if (!is_equation(value)) return false;
  return only_symbols(value.kind == Kind::relation ? value.items[0] : value.items[0].items[0]);
}

const Value& last_side(const Value& value) {
  return value.kind == Kind::relation ? value.items[1] : value.items.back().items[1];
}

// a = b = 5 is a = 5.
Value shortened(const Value& value) {
  if (value.kind == Kind::relation) return value;
  Value out = value.items[0];
  out.items[1] = last_side(value);
  return out;
}

bool has_point(const Expression& expression) {
  return expression.op == Op::number && expression.name.find('.') != std::string::npos;
}
bool is_number(const Expression& expression) {
  return expression.op == Op::number || expression.name == "fraction";
}
bool is_whole(const Expression& expression) {
  return (expression.op == Op::number && !has_point(expression)) ||
         (expression.name == "fraction" && exact_integer(expression).has_value());
}
const Expression& without_percent(const Expression& expression) {
  return expression.op == Op::percent ? *expression.arguments[0] : expression;
}

bool has_symbols(const Expression& expression) {
  return contains(expression, Op::symbol) || contains(expression, Op::apply);
}

// Half to even, six decimals.
double rounded(double value) {
  return std::nearbyint(value * 1e6);
}

bool equal_rounded(const Expression& gold, const Expression& target) {
  if (has_symbols(gold) || has_symbols(target)) return false;
  try {
    const Approximation a = approximation(gold);
    const Approximation b = approximation(target);
    return rounded(a.real) == rounded(b.real) && rounded(a.imaginary) == rounded(b.imaginary);
  } catch (const Undefined&) {
    return false;
  }
}

bool nearly_equal(const Expression& gold, const Expression& target) {
  if (has_symbols(gold) || has_symbols(target)) return false;
  const ExpressionPtr difference =
      make(Op::add, {std::make_shared<Expression>(gold), negative(std::make_shared<Expression>(target))});
  try {
    return difference && is_below(*difference, close_enough);
  } catch (const Undefined&) {
    return false;
  }
}

bool equal_expressions(const Value& gold, const Value& target) {
  const Expression& a = *gold.expression;
  const Expression& b = *target.expression;
  const Expression& plain_a = without_percent(a);
  const Expression& plain_b = without_percent(b);
  if (is_number(plain_a) || is_number(plain_b)) {
    if (has_point(plain_a) || has_point(plain_b)) {
      if (equal_rounded(a, b)) return true;
    } else if (is_whole(plain_a) && is_whole(plain_b)) {
      if (is_equal(plain_a, plain_b, Variables::real)) return true;
    }
  } else if (nearly_equal(a, b)) {
    return true;
  }
  // To sympy a real x and a complex x are different.
  if (gold.variables != target.variables && has_symbols(a) && has_symbols(b)) return false;
  const bool real = gold.variables == Variables::real && target.variables == Variables::real;
  return is_equal(a, b, real ? Variables::real : Variables::complex);
}

// The letters of a product of symbols, put together; none if it is another product.
std::optional<std::string> joined_symbols(const Expression& expression) {
  if (expression.op != Op::multiply) return std::nullopt;
  std::string out;
  for (const ExpressionPtr& factor : expression.arguments) {
    if (factor->op != Op::symbol && factor->op != Op::constant_e) return std::nullopt;
    out += factor->op == Op::symbol ? factor->name : "e";
  }
  return python::lower(out);
}

// str() of a whole number or fraction; empty for anything else.
std::string written(const Expression& expression) {
  if (!is_number(expression) || has_point(expression)) return {};
  const auto value = exact_value(expression);
  if (!value) return expression.name;
  const std::string above = std::to_string(value->numerator);
  return value->denominator == 1 ? above : above + "/" + std::to_string(value->denominator);
}

// At least one of them is a symbol.
bool equal_symbols(const Expression& gold, const Expression& target) {
  const bool is_e =
      (gold.name == "e" && target.op == Op::constant_e) || (target.name == "e" && gold.op == Op::constant_e);
  if (is_e) return true;
  if (gold.op == Op::symbol && target.op == Op::symbol)
    return gold.name == target.name || (gold.name.size() > 1 && target.name.size() > 1 &&
                                        python::lower(gold.name) == python::lower(target.name));
  const Expression& symbol = gold.op == Op::symbol ? gold : target;
  const Expression& other = gold.op == Op::symbol ? target : gold;
  if (const auto letters = joined_symbols(other)) return *letters == python::lower(symbol.name);
  return written(other) == symbol.name;
}

Value difference(const Value& left, const Value& right) {
  if (left.kind != Kind::expression || right.kind != Kind::expression) throw Incomparable();
  Value out = make_value(make(Op::add, {left.expression, negative(right.expression)}));
  if (!out.expression) throw Incomparable();
  out.variables = left.variables == Variables::real ? right.variables : left.variables;
  return out;
}

Comparison flipped(Comparison comparison) {
  switch (comparison) {
    case Comparison::less:
      return Comparison::greater;
    case Comparison::less_equal:
      return Comparison::greater_equal;
    case Comparison::greater:
      return Comparison::less;
    case Comparison::greater_equal:
      return Comparison::less_equal;
    default:
      return comparison;
  }
}

bool has_sets(const Value& relation) {
  return relation.items[0].kind != Kind::expression || relation.items[1].kind != Kind::expression;
}

// The same up to a factor that does not depend on the variables.
bool proportional(const Value& gold, const Value& target) {
  const ExpressionPtr ratio = make(Op::multiply, {gold.expression, reciprocal(target.expression)});
  if (!ratio || !has_symbols(*ratio)) return false;
  return is_constant(*ratio, gold.variables);
}

bool equal_relations(const Value& gold, const Value& target) {
  if (gold.kind == Kind::conjunction && target.kind == Kind::conjunction) {
    return gold.items.size() == target.items.size() &&
           std::equal(gold.items.begin(), gold.items.end(), target.items.begin(), equal_relations);
  }
  if (gold.kind != Kind::relation || target.kind != Kind::relation) return false;
  if (has_sets(gold) || has_sets(target)) {
    return gold.comparison == target.comparison && equal(gold.items[0], target.items[0]) &&
           equal(gold.items[1], target.items[1]);
  }
  const Value left = difference(gold.items[0], gold.items[1]);
  const Value right = difference(target.items[0], target.items[1]);
  if (gold.comparison == target.comparison && equal(left, right)) return true;
  if (flipped(gold.comparison) == target.comparison &&
      equal(left, difference(target.items[1], target.items[0])))
    return true;
  return gold.comparison == Comparison::equal && target.comparison == Comparison::equal &&
         proportional(left, right);
}

std::optional<double> end_point(const Value& value) {
  if (value.kind != Kind::expression || has_symbols(*value.expression)) return std::nullopt;
  if (value.expression->op == Op::infinity) return std::numeric_limits<double>::infinity();
  if (contains(*value.expression, Op::infinity)) return -std::numeric_limits<double>::infinity();
  try {
    const Approximation number = approximation(*value.expression);
    if (number.imaginary != 0) return std::nullopt;
    return number.real;
  } catch (const Undefined&) {
    return std::nullopt;
  }
}

// All numbers that bound parts of a set; false if one is none.
bool collect_ends(const Value& set, std::vector<double>& ends) {
  if (set.kind == Kind::named_set) return true;
  for (const Value& item : set.items) {
    if (is_set(item)) {
      if (!collect_ends(item, ends)) return false;
      continue;
    }
    const auto end = end_point(item);
    if (!end) return false;
    if (std::isfinite(*end)) ends.push_back(*end);
  }
  return true;
}

bool same_number(double a, double b) {
  return std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(a));
}

bool holds(const Value& set, double number) {
  switch (set.kind) {
    case Kind::named_set:
      if (set.name == "empty") return false;
      if (set.name == "N") return number > 0 && number == std::floor(number);
      return set.name == "Z" ? number == std::floor(number) : true;
    case Kind::interval: {
      const double from = end_point(set.items[0]).value_or(0);
      const double to = end_point(set.items[1]).value_or(0);
      if (same_number(number, from)) return !set.left_open;
      if (same_number(number, to)) return !set.right_open;
      return number > from && number < to;
    }
    case Kind::unite:
      return holds(set.items[0], number) || holds(set.items[1], number);
    case Kind::intersection:
      return holds(set.items[0], number) && holds(set.items[1], number);
    case Kind::difference:
      return holds(set.items[0], number) && !holds(set.items[1], number);
    default:
      return std::any_of(set.items.begin(), set.items.end(), [number](const Value& item) {
        return same_number(number, end_point(item).value_or(0));
      });
  }
}

bool mentions_whole_sets(const Value& set) {
  if (set.kind == Kind::named_set) return set.name != "empty" && set.name != "R";
  return std::any_of(set.items.begin(), set.items.end(), mentions_whole_sets);
}

// Whether two sets of numbers hold the same ones, by looking at and between all their ends.
bool same_points(const Value& gold, const Value& target) {
  if (mentions_whole_sets(gold) || mentions_whole_sets(target)) return false;
  std::vector<double> ends;
  if (!collect_ends(gold, ends) || !collect_ends(target, ends) || ends.size() > element_limit) return false;
  std::sort(ends.begin(), ends.end());
  std::vector<double> points = ends;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) points.push_back((ends[i] + ends[i + 1]) / 2);
  points.push_back(ends.empty() ? 0 : ends.front() - 1);
  points.push_back(ends.empty() ? 0 : ends.back() + 1);
  return std::all_of(points.begin(), points.end(),
                     [&](double point) { return holds(gold, point) == holds(target, point); });
}

// Elements once each.
std::vector<Value> distinct(const Value& set) {
  std::vector<Value> out;
  for (const Value& item : set.items) {
    const bool known =
        item.kind == Kind::expression && std::any_of(out.begin(), out.end(), [&](const Value& other) {
          return other.kind == Kind::expression && to_text(*other.expression) == to_text(*item.expression);
        });
    if (!known) out.push_back(item);
  }
  return out;
}

bool match_elements(const std::vector<Value>& gold, std::vector<Value> target) {
  if (gold.size() != target.size() || gold.size() > element_limit) return false;
  return std::all_of(gold.begin(), gold.end(), [&target](const Value& wanted) {
    const auto found =
        std::find_if(target.begin(), target.end(), [&](const Value& item) { return equal(wanted, item); });
    if (found == target.end()) return false;
    target.erase(found);
    return true;
  });
}

bool equal_in_order(const std::vector<Value>& gold, const std::vector<Value>& target) {
  return gold.size() == target.size() && gold.size() <= element_limit &&
         std::equal(gold.begin(), gold.end(), target.begin(),
                    [](const Value& a, const Value& b) { return equal(a, b); });
}

bool equal_lists(const Value& gold, const Value& target) {
  if (gold.kind == Kind::finite_set) {
    return match_elements(distinct(gold), target.kind == Kind::finite_set ? distinct(target) : target.items);
  }
  return equal_in_order(gold.items, target.items);
}

Value as_set(const Value& value) {
  return is_set(value) ? value : make_value(Kind::finite_set, {value});
}

bool is_open(const Value& set) {
  return set.kind == Kind::interval && set.left_open && set.right_open;
}

bool equal_sets(const Value& gold_value, const Value& target_value) {
  const Value gold = as_set(gold_value);
  const Value target = as_set(target_value);
  if (gold.kind == Kind::interval && target.kind == Kind::interval) {
    return gold.left_open == target.left_open && gold.right_open == target.right_open &&
           equal_in_order(gold.items, target.items);
  }
  if (gold.kind == Kind::named_set && target.kind == Kind::named_set) return gold.name == target.name;
  if (gold.kind == Kind::finite_set && target.kind == Kind::finite_set && same_points(gold, target))
    return true;
  if (is_list(gold) && is_list(target)) return equal_lists(gold, target);
  if (is_open(gold) && is_list(target)) return equal_lists(make_value(Kind::tuple, gold.items), target);
  if (is_list(gold) && is_open(target)) return equal_lists(gold, make_value(Kind::tuple, target.items));
  if (gold.kind == Kind::tuple || target.kind == Kind::tuple) return false;
  return same_points(gold, target);
}

bool equal_matrices(const Value& gold, const Value& target) {
  return gold.kind == target.kind && gold.columns == target.columns &&
         equal_in_order(gold.items, target.items);
}

// x < 5 and the like as an interval; what is no such relation stays.
Value solved(const Value& value) {
  if (value.kind == Kind::conjunction) {
    Value out = solved(value.items[0]);
    for (std::size_t i = 1; i < value.items.size(); ++i)
      out = make_value(Kind::intersection, {out, solved(value.items[i])});
    return out;
  }
  const Value& left = value.items[0];
  const Value& right = value.items[1];
  if (left.kind != Kind::expression || right.kind != Kind::expression) return value;
  const bool symbol_left = left.expression->op == Op::symbol && end_point(right);
  const bool symbol_right = right.expression->op == Op::symbol && end_point(left);
  if (!symbol_left && !symbol_right) return value;
  const Comparison comparison = symbol_left ? value.comparison : flipped(value.comparison);
  const Value bound = symbol_left ? right : left;
  const Value infinity = make_value(make(Op::infinity, {}));
  const Value below = make_value(negative(infinity.expression));
  Value out{.kind = Kind::interval};
  switch (comparison) {
    case Comparison::equal:
      return make_value(Kind::finite_set, {bound});
    case Comparison::less:
    case Comparison::less_equal:
      out.items = {below, bound};
      break;
    case Comparison::greater:
    case Comparison::greater_equal:
      out.items = {bound, infinity};
      break;
    case Comparison::unequal:
      return make_value(Kind::difference,
                        {Value{.kind = Kind::named_set, .name = "R"}, make_value(Kind::finite_set, {bound})});
  }
  out.left_open = comparison != Comparison::greater_equal;
  out.right_open = comparison != Comparison::less_equal;
  return out;
}

bool equal(const Value& given_gold, const Value& given_target) {
  Value gold = is_assignment(given_gold) ? shortened(given_gold) : given_gold;
  Value target = is_assignment(given_target) ? shortened(given_target) : given_target;
  const bool gold_assigns = is_assignment(gold);
  const bool gold_equation = is_equation(gold);
  const bool target_equation = is_equation(target);
  if (target_equation && !gold_equation) {
    target = Value(last_side(target));
  } else if (gold_assigns && !target_equation) {
    gold = Value(last_side(gold));
  }
  if (is_relation(gold) && is_set(target) && target.kind != Kind::tuple) gold = solved(gold);
  if (is_relation(gold) && is_relation(target)) return equal_relations(gold, target);
  if (is_set(gold) || is_set(target)) return equal_sets(gold, target);
  if (is_relation(gold) || is_relation(target)) return false;
  if (gold.kind == Kind::matrix || target.kind == Kind::matrix) return equal_matrices(gold, target);
  const Expression& a = *gold.expression;
  const Expression& b = *target.expression;
  if (to_text(a) == to_text(b) && (gold.variables == target.variables || !has_symbols(a))) return true;
  if (a.op == Op::symbol || b.op == Op::symbol) return equal_symbols(a, b);
  return equal_expressions(gold, target);
}

}  // namespace

bool math_verify_equal(const VerifyAnswer& gold, const VerifyAnswer& target) {
  try {
    if (gold.value && target.value && equal(*gold.value, *target.value)) return true;
  } catch (const Incomparable&) {
  } catch (const Undefined&) {
  }
  if (!gold.text || !target.text) return false;
  const std::string_view wanted = python::strip(*gold.text);
  return !wanted.empty() && wanted == python::strip(*target.text);
}

bool math_verify(std::string_view solution, std::string_view response) {
  return math_verify_equal(math_verify_parse(solution), math_verify_parse(response));
}

bool leaderboard_exact_match(std::string_view solution, std::string_view response) {
  return math_verify_equal(math_verify_parse_latex(solution), math_verify_parse(response));
}

}  // namespace assay::eval::math
