// What every group of this process uses unless told otherwise.
#pragma once

#include <cstddef>

namespace assay::comm {

struct CommSettings {
  double timeout_seconds = 300;                    ///< longest wait of a collective or a receive
  std::size_t chunk_bytes = std::size_t{1} << 30;  ///< collectives send longer spans in pieces of this size
};

/// Settings of groups made from now on. Starts from ASSAY_COMM_TIMEOUT; throws InputError if that is not a
/// positive number of seconds. Tests write to it to reach deadlines and piece boundaries quickly.
[[nodiscard]] CommSettings& comm_settings();

/// Value of ASSAY_COMM_TIMEOUT (nullptr: not set) in seconds.
[[nodiscard]] double parse_timeout(const char* text);

}  // namespace assay::comm
