// What the launcher's environment variables say, as a function of a look-up, so that tests need no launcher.
#pragma once

#include <functional>

namespace assay::comm {

/// Value of an environment variable, or nullptr.
using Environment = std::function<const char*(const char* name)>;

/// See launched_ranks() in assay/comm/communicator.hpp.
[[nodiscard]] int launched_ranks(const Environment& environment);

/// See launched_rank() there.
[[nodiscard]] int launched_rank(const Environment& environment);

/// True if srun started several tasks without any of the services by which MPI's processes find each other.
[[nodiscard]] bool srun_without_pmi(const Environment& environment);

}  // namespace assay::comm
