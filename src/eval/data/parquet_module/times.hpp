// Dates and times as Python's str() writes what pyarrow makes of them: "2020-01-31", "2020-01-31
// 12:00:00.500000".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::eval::parquet {

/// Quotient rounded down; `by` is positive.
[[nodiscard]] std::int64_t floor_divide(std::int64_t value, std::int64_t by);

struct TimeText {
  std::string text;
  bool known = true;  ///< false: text says why there is none
};

/// Days since 1970-01-01.
[[nodiscard]] TimeText date_text(std::int64_t days);
/// Time of day; `ticks` of the clock are a second (1, 10^3, 10^6 or 10^9).
[[nodiscard]] TimeText clock_text(std::int64_t value, std::int64_t ticks);
/// Since 1970-01-01 UTC. `zone`: empty (none), UTC or an offset "+02:00"; others are not known.
[[nodiscard]] TimeText timestamp_text(std::int64_t value, std::int64_t ticks, std::string_view zone);

/// Ticks a second of arrow::TimeUnit, whose values are 0 (seconds) to 3 (nanoseconds).
template <class Unit>
std::int64_t ticks_of(Unit unit) {
  constexpr std::int64_t ticks[] = {1, 1'000, 1'000'000, 1'000'000'000};
  return ticks[static_cast<int>(unit)];
}

}  // namespace assay::eval::parquet
