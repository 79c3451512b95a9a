#include "comm/settings.hpp"

#include <cmath>
#include <cstdlib>
#include <string>

#include "assay/util/error.hpp"

namespace assay::comm {

double parse_timeout(const char* text) {
  if (text == nullptr || *text == '\0') return CommSettings{}.timeout_seconds;
  char* end = nullptr;
  const double seconds = std::strtod(text, &end);
  util::check_input(*end == '\0' && std::isfinite(seconds) && seconds > 0,
                    "ASSAY_COMM_TIMEOUT is \"{}\" (not a positive number of seconds); set it to 300, say",
                    text);
  return seconds;
}

CommSettings& comm_settings() {
  static CommSettings settings{.timeout_seconds = parse_timeout(std::getenv("ASSAY_COMM_TIMEOUT"))};
  return settings;
}

}  // namespace assay::comm
