#include "eval/math/modular.hpp"

#include <algorithm>

#include "eval/math/exact.hpp"

namespace assay::eval::math {
namespace {

constexpr std::int64_t factorial_limit = 100000;

class Evaluator {
 public:
  Evaluator(std::uint64_t prime, std::uint64_t point) : prime_(prime), point_(point) {}

  std::optional<std::uint64_t> value(const Expression& expression) const {
    switch (expression.op) {
      case Op::number:
        return number(expression.name);
      case Op::symbol:
        return name_hash(expression.name, point_) % prime_;
      case Op::add:
      case Op::multiply:
        return folded(expression);
      case Op::power:
        return power(expression);
      case Op::factorial:
        return factorial(expression);
      case Op::binomial:
        return binomial(expression);
      case Op::apply:
        return apply(expression);
      case Op::percent: {
        const auto percents = value(*expression.arguments[0]);
        return percents ? std::optional(times(*percents, inverse(100))) : std::nullopt;
      }
      case Op::absolute:
      case Op::conjugate:
      case Op::floor:
      case Op::ceiling: {
        const auto exact = exact_value(expression);
        return exact ? std::optional(quotient(*exact)) : std::nullopt;
      }
      default:
        return std::nullopt;
    }
  }

 private:
  std::uint64_t times(std::uint64_t a, std::uint64_t b) const {
    return static_cast<std::uint64_t>(static_cast<unsigned __int128>(a) * b % prime_);
  }
  std::uint64_t plus(std::uint64_t a, std::uint64_t b) const { return (a + b) % prime_; }

  std::uint64_t raised(std::uint64_t base, std::uint64_t exponent) const {
    std::uint64_t out = 1;
    for (; exponent > 0; exponent /= 2) {
      if (exponent % 2 == 1) out = times(out, base);
      base = times(base, base);
    }
    return out;
  }

  std::uint64_t inverse(std::uint64_t value) const {
    if (value == 0) throw Undefined();
    return raised(value, prime_ - 2);
  }

  std::uint64_t whole(std::int64_t value) const {
    const std::uint64_t size =
        (value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value)) % prime_;
    return value < 0 && size > 0 ? prime_ - size : size;
  }
  std::uint64_t quotient(const Fraction& value) const {
    return times(whole(value.numerator), inverse(whole(value.denominator)));
  }

  std::uint64_t number(std::string_view digits) const {
    const bool minus = digits.starts_with('-');
    std::uint64_t value = 0;
    std::uint64_t places = 0;
    bool behind_point = false;
    for (const char c : digits) {
      if (c == '-') continue;
      if (c == '.') {
        behind_point = true;
        continue;
      }
      value = plus(times(value, 10), static_cast<std::uint64_t>(c - '0'));
      if (behind_point) ++places;
    }
    if (places > 0) value = times(value, inverse(raised(10, places)));
    return minus && value > 0 ? prime_ - value : value;
  }

  std::optional<std::uint64_t> folded(const Expression& expression) const {
    const bool add = expression.op == Op::add;
    std::uint64_t out = add ? 0 : 1;
    bool known = true;
    for (const ExpressionPtr& argument : expression.arguments) {
      const auto next = value(*argument);
      if (!next) {
        known = false;
        continue;
      }
      out = add ? plus(out, *next) : times(out, *next);
    }
    return known ? std::optional(out) : std::nullopt;
  }

  std::optional<std::uint64_t> power(const Expression& expression) const {
    const auto base = value(*expression.arguments[0]);
    const auto exponent = exact_integer(*expression.arguments[1]);
    if (!base || !exponent) return std::nullopt;
    if (*exponent >= 0) return raised(*base, static_cast<std::uint64_t>(*exponent));
    return raised(inverse(*base), 0 - static_cast<std::uint64_t>(*exponent));
  }

  // The product of `count` whole numbers up to `last`.
  std::uint64_t falling(std::int64_t last, std::int64_t count) const {
    std::uint64_t out = 1;
    for (std::int64_t i = 0; i < count; ++i) out = times(out, whole(last - i));
    return out;
  }

  std::optional<std::uint64_t> factorial(const Expression& expression) const {
    const auto n = exact_integer(*expression.arguments[0]);
    if (!n) return std::nullopt;
    if (*n < 0 || *n > factorial_limit) throw Undefined();
    return falling(*n, *n);
  }

  std::optional<std::uint64_t> binomial(const Expression& expression) const {
    const auto n = exact_integer(*expression.arguments[0]);
    const auto k = exact_integer(*expression.arguments[1]);
    if (!n || !k) return std::nullopt;
    if (*k < 0 || (*n >= 0 && *k > *n)) return 0;
    const std::int64_t count = *n >= 0 ? std::min(*k, *n - *k) : *k;
    if (count > factorial_limit) throw Undefined();
    return times(falling(*n, count), inverse(falling(count, count)));
  }

  std::optional<std::uint64_t> apply(const Expression& expression) const {
    std::uint64_t out = name_hash(expression.name, point_ + 1000);
    for (const ExpressionPtr& argument : expression.arguments) {
      const auto next = value(*argument);
      if (!next) return std::nullopt;
      out = name_hash({}, out ^ *next);
    }
    return out % prime_;
  }

  std::uint64_t prime_;
  std::uint64_t point_;
};

std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

}  // namespace

std::uint64_t name_hash(std::string_view name, std::uint64_t seed) {
  std::uint64_t out = mixed(seed);
  for (const char c : name) out = mixed(out ^ static_cast<unsigned char>(c));
  return out;
}

std::optional<std::uint64_t> modular_value(const Expression& expression, std::uint64_t prime,
                                           std::uint64_t point) {
  return Evaluator(prime, point).value(expression);
}

}  // namespace assay::eval::math
