// The world communicator of an MPI test, owned by mpi_main.cpp.
#pragma once

#include "assay/comm/communicator.hpp"

namespace assay::test {

[[nodiscard]] comm::Communicator& world();

}  // namespace assay::test
