// Names that the writer and the reader of results files share. Layout: FORMAT.md.
#pragma once

#include <cstdint>

namespace assay::results {

inline constexpr const char* kFormatName = "assay-results";
inline constexpr std::int64_t kFormatVersion = 1;

}  // namespace assay::results
