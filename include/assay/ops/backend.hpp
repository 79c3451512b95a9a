// Which backends this process can compute with.
#pragma once

#include <string>

namespace assay::ops {

/// Why the CUDA module cannot be used, in one sentence; empty if it loads. Loading it takes tens of
/// milliseconds.
[[nodiscard]] std::string cuda_backend_problem();

}  // namespace assay::ops
