#include "eval/math/numeric.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <optional>
#include <string>

#include "eval/math/exact.hpp"
#include "eval/math/modular.hpp"

namespace assay::eval::math {
namespace {

namespace mp = boost::multiprecision;
using Real = mp::number<mp::cpp_bin_float<256, mp::digit_base_2>, mp::et_off>;

constexpr int zero_bits = 150;   // of a term that a sum may miss 0 by
constexpr int noise_bits = 200;  // of a number that its imaginary part may be off by
constexpr int exponent_limit = 1000000;
constexpr std::int64_t factorial_limit = 20000;

Real scaled(const Real& value, int bits) {
  return ldexp(value, bits);
}

struct Complex {
  Real re = 0;
  Real im = 0;
};

Real size(const Complex& z) {
  return std::max(abs(z.re), abs(z.im));
}

int exponent_of(const Real& value) {
  return value == 0 ? 0 : static_cast<int>(ilogb(value));
}

// Without parts that are rounding noise beside the other; throws Undefined beyond the limits.
Complex cleaned(Complex z) {
  const Real largest = size(z);
  if (!isfinite(largest) || exponent_of(largest) > exponent_limit) throw Undefined();
  const Real noise = scaled(largest, -noise_bits);
  if (abs(z.re) <= noise) z.re = 0;
  if (abs(z.im) <= noise) z.im = 0;
  return z;
}

Complex operator+(const Complex& a, const Complex& b) {
  return {a.re + b.re, a.im + b.im};
}
Complex operator-(const Complex& a, const Complex& b) {
  return {a.re - b.re, a.im - b.im};
}
Complex operator*(const Complex& a, const Complex& b) {
  return cleaned({a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re});
}
Complex times_i(const Complex& z) {
  return {-z.im, z.re};
}
Complex half(const Complex& z) {
  return {z.re / 2, z.im / 2};
}

bool is_zero(const Complex& z) {
  return z.re == 0 && z.im == 0;
}

Complex inverse(const Complex& z) {
  if (is_zero(z)) throw Undefined();
  const Real norm = z.re * z.re + z.im * z.im;
  return cleaned({z.re / norm, -z.im / norm});
}

Complex operator/(const Complex& a, const Complex& b) {
  return a * inverse(b);
}

Real modulus(const Complex& z) {
  return sqrt(z.re * z.re + z.im * z.im);
}

const Complex one = {1, 0};

Complex exponential(const Complex& z) {
  if (abs(z.re) > exponent_limit || abs(z.im) > scaled(Real(1), 64)) throw Undefined();
  const Real radius = exp(z.re);
  if (z.im == 0) return cleaned({radius, 0});
  return cleaned({radius * cos(z.im), radius * sin(z.im)});
}

Complex logarithm(const Complex& z) {
  if (is_zero(z)) throw Undefined();
  if (z.im == 0 && z.re > 0) return {log(z.re), 0};
  return cleaned({log(modulus(z)), atan2(z.im, z.re)});
}

Complex square_root(const Complex& z) {
  if (is_zero(z)) return z;
  if (z.im == 0) return z.re > 0 ? Complex{sqrt(z.re), 0} : Complex{0, sqrt(-z.re)};
  const Complex root = exponential(half(logarithm(z)));
  return root;
}

Complex whole_power(Complex base, std::int64_t exponent) {
  const bool inverted = exponent < 0;
  std::uint64_t left =
      inverted ? 0 - static_cast<std::uint64_t>(exponent) : static_cast<std::uint64_t>(exponent);
  Complex out = one;
  for (; left > 0; left /= 2) {
    if (left % 2 == 1) out = out * base;
    if (left > 1) base = base * base;
  }
  return inverted ? inverse(out) : out;
}

Complex power(const Complex& base, const Complex& exponent) {
  if (is_zero(base)) {
    if (is_zero(exponent)) return one;
    if (exponent.im != 0 || exponent.re < 0) throw Undefined();
    return base;
  }
  return exponential(exponent * logarithm(base));
}

Complex sine(const Complex& z) {
  const Complex plus = exponential(times_i(z));
  const Complex difference = plus - inverse(plus);
  return cleaned({difference.im / 2, -difference.re / 2});
}

Complex cosine(const Complex& z) {
  const Complex plus = exponential(times_i(z));
  return cleaned(half(plus + inverse(plus)));
}

// i^-1 log(iz + sqrt(1 - z^2))
Complex arc_sine(const Complex& z) {
  const Complex inner = logarithm(cleaned(times_i(z) + square_root(cleaned(one - z * z))));
  return {inner.im, -inner.re};
}

Complex arc_cosine(const Complex& z) {
  static const Real half_pi = 2 * atan(Real(1));
  return cleaned(Complex{half_pi, 0} - arc_sine(z));
}

Complex arc_tangent(const Complex& z) {
  if (z.im == 0) return {atan(z.re), 0};
  const Complex inner = logarithm(one - times_i(z)) - logarithm(one + times_i(z));
  return cleaned(half(times_i(inner)));
}

Complex hyperbolic_sine(const Complex& z) {
  const Complex plus = exponential(z);
  return cleaned(half(plus - inverse(plus)));
}

Complex hyperbolic_cosine(const Complex& z) {
  const Complex plus = exponential(z);
  return cleaned(half(plus + inverse(plus)));
}

Complex area_cosine(const Complex& z) {
  return logarithm(cleaned(z + square_root(z + one) * square_root(z - one)));
}

Complex of_function(Op op, const Complex& z) {
  switch (op) {
    case Op::exponential:
      return exponential(z);
    case Op::sin:
      return sine(z);
    case Op::cos:
      return cosine(z);
    case Op::tan:
      return sine(z) / cosine(z);
    case Op::csc:
      return inverse(sine(z));
    case Op::sec:
      return inverse(cosine(z));
    case Op::cot:
      return cosine(z) / sine(z);
    case Op::arcsin:
      return arc_sine(z);
    case Op::arccos:
      return arc_cosine(z);
    case Op::arctan:
      return arc_tangent(z);
    case Op::arccsc:
      return arc_sine(inverse(z));
    case Op::arcsec:
      return arc_cosine(inverse(z));
    case Op::arccot:
      return is_zero(z) ? arc_cosine(z) : arc_tangent(inverse(z));
    case Op::sinh:
      return hyperbolic_sine(z);
    case Op::cosh:
      return hyperbolic_cosine(z);
    case Op::tanh:
      return hyperbolic_sine(z) / hyperbolic_cosine(z);
    case Op::arsinh:
      return logarithm(cleaned(z + square_root(cleaned(z * z + one))));
    case Op::arcosh:
      return area_cosine(z);
    case Op::artanh:
      return cleaned(half(logarithm(one + z) - logarithm(one - z)));
    default:
      throw Undefined();
  }
}

// floor of a part; what is whole but for rounding noise is whole.
Real rounded_down(const Real& value) {
  const Real nearest = round(value);
  if (abs(value - nearest) <= scaled(std::max(Real(1), abs(value)), -noise_bits)) return nearest;
  return floor(value);
}

Complex floor_of(const Complex& z) {
  return {rounded_down(z.re), rounded_down(z.im)};
}

std::int64_t whole_number(const Complex& z) {
  const Real nearest = round(z.re);
  if (z.im != 0 || abs(z.re) > factorial_limit || abs(z.re - nearest) > scaled(Real(1), -zero_bits))
    throw Undefined();
  return static_cast<std::int64_t>(nearest);
}

Complex falling(std::int64_t last, std::int64_t count) {
  Complex out = one;
  for (std::int64_t i = 0; i < count; ++i) out.re *= last - i;
  return cleaned(out);
}

class Evaluator {
 public:
  Evaluator(Variables variables, std::uint64_t point) : variables_(variables), point_(point) {}

  Complex value(const Expression& expression) {
    switch (expression.op) {
      case Op::number:
        return {Real(expression.name), 0};
      case Op::symbol:
        return variable(expression.name);
      case Op::constant_e:
        return {exp(Real(1)), 0};
      case Op::constant_pi:
        return {4 * atan(Real(1)), 0};
      case Op::imaginary:
        return {0, 1};
      case Op::infinity:
        throw Undefined();
      case Op::add:
        return sum(expression);
      case Op::multiply:
        return product(expression);
      case Op::power:
        return raised(expression);
      case Op::logarithm:
        return logarithm(argument(expression, 0)) / logarithm(argument(expression, 1));
      case Op::binomial:
        return binomial(expression);
      case Op::apply:
        return apply(expression);
      case Op::modulo:
      case Op::maximum:
      case Op::minimum:
      case Op::gcd:
      case Op::lcm:
        return of_reals(expression);
      default:
        return of_one(expression);
    }
  }

  /// Of the terms of all sums.
  [[nodiscard]] const Real& largest_term() const { return largest_term_; }

 private:
  Complex argument(const Expression& expression, std::size_t i) { return value(*expression.arguments[i]); }

  // Between 0.3 and 2.3 in size.
  Complex variable(const std::string& name) const {
    const std::uint64_t hash = name_hash(name, point_);
    const Real radius = Real("0.3") + Real(hash >> 12U) / Real(std::uint64_t{1} << 51U);
    if (variables_ == Variables::real) return {(hash & 1U) != 0 ? radius : -radius, 0};
    // Every eighth of the circle once for each name.
    const std::uint64_t eighth = (point_ + name_hash(name, 77)) % numeric_points;
    const Real angle =
        (Real(eighth) + Real(name_hash(name, point_ + 500) >> 12U) / Real(std::uint64_t{1} << 52U)) *
        atan(Real(1));
    return {radius * cos(angle), radius * sin(angle)};
  }

  Complex sum(const Expression& expression) {
    Complex out;
    for (const ExpressionPtr& term : expression.arguments) {
      const Complex next = value(*term);
      largest_term_ = std::max(largest_term_, size(next));
      out = out + next;
    }
    // What cancels but for noise is 0, or a division by it would pass for a number.
    if (size(out) <= scaled(largest_term_, -noise_bits)) return {};
    return cleaned(out);
  }

  Complex product(const Expression& expression) {
    Complex out = one;
    for (const ExpressionPtr& factor : expression.arguments) out = out * value(*factor);
    return out;
  }

  Complex raised(const Expression& expression) {
    const Complex base = argument(expression, 0);
    if (const auto exponent = exact_integer(*expression.arguments[1])) {
      if (is_zero(base) && *exponent < 0) throw Undefined();
      return whole_power(base, *exponent);
    }
    if (const auto exponent = exact_value(*expression.arguments[1]);
        exponent && exponent->denominator == 2 && exponent->numerator == 1) {
      return square_root(base);
    }
    return power(base, argument(expression, 1));
  }

  Complex binomial(const Expression& expression) {
    const std::int64_t n = whole_number(argument(expression, 0));
    const std::int64_t k = whole_number(argument(expression, 1));
    if (k < 0 || (n >= 0 && k > n)) return {};
    const std::int64_t count = n >= 0 ? std::min(k, n - k) : k;
    return falling(n, count) / falling(count, count);
  }

  Complex of_one(const Expression& expression) {
    const Complex z = argument(expression, 0);
    switch (expression.op) {
      case Op::absolute:
        return {modulus(z), 0};
      case Op::conjugate:
        return {z.re, -z.im};
      case Op::floor:
        return floor_of(z);
      case Op::ceiling: {
        const Complex below = floor_of({-z.re, -z.im});
        return {-below.re, -below.im};
      }
      case Op::factorial: {
        const std::int64_t n = whole_number(z);
        if (n < 0) throw Undefined();
        return falling(n, n);
      }
      default:
        return of_function(expression.op, z);
    }
  }

  Complex of_reals(const Expression& expression) {
    Complex out = argument(expression, 0);
    for (std::size_t i = 1; i < expression.arguments.size(); ++i) {
      const Complex next = argument(expression, i);
      if (out.im != 0 || next.im != 0) throw Undefined();
      out.re = combined(expression.op, out.re, next.re);
    }
    return out;
  }

  static Real combined(Op op, const Real& a, const Real& b) {
    if (op == Op::maximum) return std::max(a, b);
    if (op == Op::minimum) return std::min(a, b);
    if (op == Op::modulo) {
      if (b == 0) throw Undefined();
      return a - b * rounded_down(a / b);
    }
    Real x = abs(a);
    Real y = abs(b);
    if (x != floor(x) || y != floor(y) || x > scaled(Real(1), 200) || y > scaled(Real(1), 200))
      throw Undefined();
    while (y != 0) {
      const Real rest = x - y * floor(x / y);
      x = y;
      y = rest;
    }
    if (op == Op::gcd) return x;
    return x == 0 ? Real(0) : Real(abs(a) / x * abs(b));
  }

  // An analytic function of its own for every name.
  Complex apply(const Expression& expression) {
    const auto constant = [&](std::uint64_t seed) {
      return Real(1) + Real(name_hash(expression.name, seed) >> 12U) / Real(std::uint64_t{1} << 52U);
    };
    Complex inner = {constant(1000), 0};
    for (std::size_t i = 0; i < expression.arguments.size(); ++i) {
      inner = inner + argument(expression, i) * Complex{constant(1001 + i), 0};
    }
    return sine(inner) + Complex{constant(999), 0};
  }

  Variables variables_;
  std::uint64_t point_;
  Real largest_term_ = 0;
};

}  // namespace

bool is_zero_at(const Expression& expression, Variables variables, std::uint64_t point) {
  Evaluator evaluator(variables, point);
  const Real value = size(evaluator.value(expression));
  return value <= scaled(evaluator.largest_term(), -zero_bits);
}

bool has_one_value(const Expression& expression, Variables variables) {
  const Complex first = Evaluator(variables, 0).value(expression);
  if (is_zero(first)) return false;
  for (std::uint64_t point = 1; point < numeric_points; ++point) {
    const Complex next = Evaluator(variables, point).value(expression);
    if (size(next - first) > scaled(size(first), -zero_bits)) return false;
  }
  return true;
}

bool is_below(const Expression& expression, double bound) {
  return size(Evaluator(Variables::real, 0).value(expression)) < bound;
}

Approximation approximation(const Expression& expression) {
  const Complex value = Evaluator(Variables::real, 0).value(expression);
  return {static_cast<double>(value.re), static_cast<double>(value.im)};
}

}  // namespace assay::eval::math
