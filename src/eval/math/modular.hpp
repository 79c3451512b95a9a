// Rational expressions evaluated modulo a prime: exact, whatever the size of the numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "eval/math/expression.hpp"

namespace assay::eval::math {

/// Thrown where an expression has no value at a point: division by zero, or numbers beyond the limits.
struct Undefined {};

/// Primes below 2^61.
inline constexpr std::uint64_t moduli[] = {(std::uint64_t{1} << 61) - 1, (std::uint64_t{1} << 61) - 31};

/// The value of the expression modulo a prime, its variables replaced by fixed values that depend on their
/// names and `point`; unknown functions likewise. None if the expression is not rational. Throws Undefined.
[[nodiscard]] std::optional<std::uint64_t> modular_value(const Expression& expression, std::uint64_t prime,
                                                         std::uint64_t point);

/// A fixed pseudo-random number for a name.
[[nodiscard]] std::uint64_t name_hash(std::string_view name, std::uint64_t seed);

}  // namespace assay::eval::math
