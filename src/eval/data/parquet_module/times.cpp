#include "eval/data/parquet_module/times.hpp"

#include <chrono>
#include <cstdio>

namespace assay::eval::parquet {
namespace {

constexpr std::int64_t seconds_a_day = 86'400;

TimeText beyond() {
  return {"it is not between the years 1 and 9999", false};
}

template <class... Args>
std::string printed(const char* format, Args... args) {
  char text[64];
  std::snprintf(text, sizeof(text), format, args...);
  return text;
}

// ".500000", as Python: nothing for zero; nine digits where six do not say it (pandas' Timestamp).
std::string fraction_text(std::int64_t fraction, std::int64_t ticks) {
  if (fraction == 0) return "";
  const std::int64_t nanoseconds = fraction * (1'000'000'000 / ticks);
  if (nanoseconds % 1'000 == 0) return printed(".%06lld", static_cast<long long>(nanoseconds / 1'000));
  return printed(".%09lld", static_cast<long long>(nanoseconds));
}

std::string seconds_text(std::int64_t second) {
  return printed("%02d:%02d:%02d", static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60),
                 static_cast<int>(second % 60));
}

bool digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Seconds east of Greenwich of "UTC" or "+02:00".
bool offset_of(std::string_view zone, std::int64_t& seconds) {
  if (zone == "UTC" || zone == "Etc/UTC" || zone == "GMT" || zone == "Z") {
    seconds = 0;
    return true;
  }
  const bool shaped = zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':' &&
                      digits(zone.substr(1, 2)) && digits(zone.substr(4, 2));
  if (!shaped) return false;
  const int hours = (zone[1] - '0') * 10 + zone[2] - '0';
  const int minutes = (zone[4] - '0') * 10 + zone[5] - '0';
  seconds = (hours * 3600 + minutes * 60) * (zone[0] == '-' ? -1 : 1);
  return hours < 24 && minutes < 60;
}

}  // namespace

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  const std::int64_t quotient = value / by;
  return quotient - (value % by < 0 ? 1 : 0);
}

TimeText date_text(std::int64_t days) {
  // 0001-01-01 and 9999-12-31
  if (days < -719'162 || days > 2'932'896) return beyond();
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return {printed("%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()))};
}

TimeText clock_text(std::int64_t value, std::int64_t ticks) {
  if (value < 0 || value >= seconds_a_day * ticks) return {"it is no time of day", false};
  return {seconds_text(value / ticks) + fraction_text(value % ticks, ticks)};
}

TimeText timestamp_text(std::int64_t value, std::int64_t ticks, std::string_view zone) {
  std::int64_t offset = 0;
  if (!zone.empty() && !offset_of(zone, offset))
    return {"its time zone is " + std::string(zone.substr(0, 64)) + ", and only UTC and offsets are read",
            false};
  const std::int64_t utc_second = floor_divide(value, ticks);
  const std::int64_t fraction = value - utc_second * ticks;
  if (utc_second < -719'163 * seconds_a_day || utc_second > 2'932'898 * seconds_a_day) return beyond();
  const std::int64_t second = utc_second + offset;
  const std::int64_t day = floor_divide(second, seconds_a_day);
  TimeText result = date_text(day);
  if (!result.known) return result;
  result.text += " " + seconds_text(second - day * seconds_a_day) + fraction_text(fraction, ticks);
  if (zone.empty()) return result;
  const std::int64_t minutes = (offset < 0 ? -offset : offset) / 60;
  result.text += printed("%c%02d:%02d", offset < 0 ? '-' : '+', static_cast<int>(minutes / 60),
                         static_cast<int>(minutes % 60));
  return result;
}

}  // namespace assay::eval::parquet
