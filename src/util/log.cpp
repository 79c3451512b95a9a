#include "assay/util/log.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace assay::util {
namespace {

std::atomic<int> log_rank{0};

LogLevel lowest_level() {
  const char* text = std::getenv("ASSAY_LOG");
  const std::string_view name = text == nullptr ? "info" : text;
  if (name == "debug") return LogLevel::debug;
  if (name == "warning") return LogLevel::warning;
  if (name == "error") return LogLevel::error;
  return LogLevel::info;
}

const char* prefix(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug: ";
    case LogLevel::warning:
      return "warning: ";
    case LogLevel::error:
      return "error: ";
    case LogLevel::info:
      break;
  }
  return "";
}

}  // namespace

void set_log_rank(int rank) {
  log_rank = rank;
}

void log_message(LogLevel level, const std::string& message) {
  static const LogLevel lowest = lowest_level();
  const int rank = log_rank;
  if (level < lowest || (rank > 0 && level < LogLevel::warning && lowest != LogLevel::debug)) return;
  const std::string who = rank > 0 ? fmt::format("[rank {}] ", rank) : "";
  const std::string line = fmt::format("assay: {}{}{}\n", who, prefix(level), message);
  std::fwrite(line.data(), 1, line.size(), stderr);  // one write: lines of ranks do not mix
}

}  // namespace assay::util
