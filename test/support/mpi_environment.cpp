#include "support/mpi_environment.hpp"

#include <sstream>

namespace assay::test {

std::vector<std::pair<std::string, std::string>> mpi_environment() {
  std::vector<std::pair<std::string, std::string>> variables;
  std::istringstream in(ASSAY_MPI_ENVIRONMENT);  // NAME=value,NAME=value
  for (std::string entry; std::getline(in, entry, ',');) {
    const auto equals = entry.find('=');
    variables.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return variables;
}

}  // namespace assay::test
