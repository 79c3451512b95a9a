// Small exact fractions: exponents and other places where a number's value must be known.
#pragma once

#include <cstdint>
#include <optional>

#include "eval/math/expression.hpp"

namespace assay::eval::math {

/// In lowest terms; denominator > 0; both below 2^62 in magnitude.
struct Fraction {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  bool operator==(const Fraction&) const = default;
};

/// numerator / denominator; none if it does not fit or the denominator is 0.
[[nodiscard]] std::optional<Fraction> make_fraction(__int128 numerator, __int128 denominator);

/// The value of an expression of numbers; none if it has others, or does not fit.
[[nodiscard]] std::optional<Fraction> exact_value(const Expression& expression);

/// The value, if it is whole.
[[nodiscard]] std::optional<std::int64_t> exact_integer(const Expression& expression);

}  // namespace assay::eval::math
