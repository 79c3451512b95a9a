// Messages to people, on stderr. One line a message, prefixed "assay: "; off rank 0 with the rank.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace assay::util {

enum class LogLevel { debug, info, warning, error };

/// Lowest level shown; from ASSAY_LOG (debug, info, warning, error), default info. Rank r > 0 shows
/// warnings and errors only, with "[rank r] ".
void set_log_rank(int rank);
void log_message(LogLevel level, const std::string& message);

template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace assay::util
