#include "assay/util/error.hpp"

#include <cerrno>
#include <cstring>

namespace assay::util {

void fail_errno(const std::string& what) {
  const int saved = errno;
  throw Error(ExitCode::internal, fmt::format("{}: {}", what, std::strerror(saved)));
}

void check_failed(const char* expression, const char* file, int line) {
  throw Error(ExitCode::internal,
              fmt::format("internal check failed: {} at {}:{}; please report this", expression, file, line));
}

}  // namespace assay::util
