#include "assay/util/module.hpp"

#include <cstdlib>

namespace assay::util {

namespace fs = std::filesystem;

std::optional<fs::path> find_module(const char* file_name, const char* variable) {
  if (const char* named = std::getenv(variable); named != nullptr && *named != '\0') return named;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return std::nullopt;
  const fs::path folder = program.parent_path();
  for (const fs::path& place : {folder / "../lib/assay", folder / "../lib", folder / "lib"}) {
    if (fs::exists(place / file_name, error)) return place / file_name;
  }
  return std::nullopt;
}

}  // namespace assay::util
