#include "eval/math/exact.hpp"

#include <algorithm>

namespace assay::eval::math {
namespace {

using Wide = __int128;

constexpr Wide value_limit = Wide(1) << 62;

Wide magnitude(Wide value) {
  return value < 0 ? -value : value;
}

Wide common_divisor(Wide a, Wide b) {
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

std::optional<Fraction> sum(const Fraction& a, const Fraction& b) {
  return make_fraction(Wide(a.numerator) * b.denominator + Wide(b.numerator) * a.denominator,
                       Wide(a.denominator) * b.denominator);
}

std::optional<Fraction> product(const Fraction& a, const Fraction& b) {
  return make_fraction(Wide(a.numerator) * b.numerator, Wide(a.denominator) * b.denominator);
}

std::optional<Fraction> whole_power(Fraction base, std::int64_t exponent) {
  if (exponent < 0) {
    const auto inverse = make_fraction(base.denominator, base.numerator);
    if (!inverse) return std::nullopt;
    base = *inverse;
  }
  std::optional<Fraction> out = Fraction{1, 1};
  if (base == Fraction{0, 1} || base == Fraction{1, 1}) return exponent == 0 ? out : base;
  if (base == Fraction{-1, 1}) return exponent % 2 == 0 ? *out : base;
  for (std::uint64_t left = exponent < 0 ? 0 - static_cast<std::uint64_t>(exponent)
                                         : static_cast<std::uint64_t>(exponent);
       left > 0 && out; --left) {
    if (left > 64) return std::nullopt;
    out = product(*out, base);
  }
  return out;
}

std::int64_t rounded_down(const Fraction& value) {
  const std::int64_t quotient = value.numerator / value.denominator;
  return value.numerator % value.denominator < 0 ? quotient - 1 : quotient;
}

std::optional<Fraction> number_value(std::string_view digits) {
  const bool minus = digits.starts_with('-');
  if (minus) digits.remove_prefix(1);
  Wide numerator = 0;
  Wide denominator = 1;
  bool behind_point = false;
  for (const char c : digits) {
    if (c == '.') {
      behind_point = true;
      continue;
    }
    numerator = numerator * 10 + (c - '0');
    if (behind_point) denominator *= 10;
    if (numerator >= value_limit || denominator >= value_limit) return std::nullopt;
  }
  return make_fraction(minus ? -numerator : numerator, denominator);
}

std::optional<Fraction> factorial(const Fraction& value) {
  if (value.denominator != 1 || value.numerator < 0 || value.numerator > 20) return std::nullopt;
  Wide out = 1;
  for (std::int64_t i = 2; i <= value.numerator; ++i) out *= i;
  return make_fraction(out, 1);
}

std::optional<Fraction> binomial(const Fraction& n, const Fraction& k) {
  if (n.denominator != 1 || k.denominator != 1 || k.numerator < 0 || n.numerator < k.numerator)
    return std::nullopt;
  const std::int64_t below = std::min(k.numerator, n.numerator - k.numerator);
  Wide out = 1;
  for (std::int64_t i = 1; i <= below; ++i) {
    if (i > 62) return std::nullopt;
    out = out * (n.numerator - below + i) / i;
    if (out >= value_limit) return std::nullopt;
  }
  return make_fraction(out, 1);
}

std::optional<Fraction> folded(const Expression& expression,
                               std::optional<Fraction> (*combine)(const Fraction&, const Fraction&)) {
  std::optional<Fraction> out = exact_value(*expression.arguments[0]);
  for (std::size_t i = 1; i < expression.arguments.size() && out; ++i) {
    const auto next = exact_value(*expression.arguments[i]);
    out = next ? combine(*out, *next) : std::nullopt;
  }
  return out;
}

std::optional<Fraction> power(const Expression& expression) {
  const auto exponent = exact_integer(*expression.arguments[1]);
  const auto base = exponent ? exact_value(*expression.arguments[0]) : std::nullopt;
  return base ? whole_power(*base, *exponent) : std::nullopt;
}

std::optional<Fraction> of_argument(const Expression& expression) {
  const auto value = exact_value(*expression.arguments[0]);
  if (!value) return std::nullopt;
  switch (expression.op) {
    case Op::absolute:
      return make_fraction(magnitude(value->numerator), value->denominator);
    case Op::conjugate:
      return value;
    case Op::floor:
      return make_fraction(rounded_down(*value), 1);
    case Op::ceiling:
      return make_fraction(-Wide(rounded_down({-value->numerator, value->denominator})), 1);
    case Op::factorial:
      return factorial(*value);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Fraction> make_fraction(__int128 numerator, __int128 denominator) {
  if (denominator == 0) return std::nullopt;
  const Wide divisor = common_divisor(magnitude(numerator), magnitude(denominator));
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  numerator /= divisor;
  denominator /= divisor;
  if (magnitude(numerator) >= value_limit || denominator >= value_limit) return std::nullopt;
  return Fraction{static_cast<std::int64_t>(numerator), static_cast<std::int64_t>(denominator)};
}

std::optional<Fraction> exact_value(const Expression& expression) {
  switch (expression.op) {
    case Op::number:
      return number_value(expression.name);
    case Op::add:
      return folded(expression, sum);
    case Op::multiply:
      return folded(expression, product);
    case Op::power:
      return power(expression);
    case Op::binomial:
      return folded(expression, binomial);
    case Op::absolute:
    case Op::percent:
    case Op::conjugate:
    case Op::floor:
    case Op::ceiling:
    case Op::factorial:
      return of_argument(expression);
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> exact_integer(const Expression& expression) {
  const auto value = exact_value(expression);
  if (!value || value->denominator != 1) return std::nullopt;
  return value->numerator;
}

}  // namespace assay::eval::math
