#include "assay/util/clock.hpp"

#include <time.h>  // NOLINT: clock_gettime is POSIX
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace assay::util {

double process_age_seconds() {
  // Field 22 of /proc/self/stat (proc(5)): start time in clock ticks since boot. Field 2 is the program's
  // name in parentheses and may hold blanks, so counting starts behind it.
  std::ifstream in("/proc/self/stat");
  std::string line;
  std::getline(in, line);
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return -1;
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  double ticks = 0;
  timespec now{};
  if (!(fields >> ticks) || ::clock_gettime(CLOCK_BOOTTIME, &now) != 0) return -1;
  const double uptime = static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  return uptime - ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace assay::util
