// The environment in which mpirun starts several ranks on a small machine (scripts/mpi_environment).
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace assay::test {

[[nodiscard]] std::vector<std::pair<std::string, std::string>> mpi_environment();

}  // namespace assay::test
