// What all operations of one MPI group share: who is in it, how errors name it, whether it still works.
#pragma once

#include <mpi.h>

#include <string>
#include <vector>

#include "comm/settings.hpp"

namespace assay::comm {

/// Where one rank of a group runs.
struct Member {
  int world_rank = 0;
  int node = 0;  ///< world rank of the lowest rank that shares its memory
  std::string host;
};

struct MpiGroup {
  MPI_Comm collectives = MPI_COMM_NULL;
  MPI_Comm messages = MPI_COMM_NULL;  ///< apart, so that a wildcard probe never sees a collective
  std::string name;
  int rank = 0;
  int size = 1;
  std::vector<Member> members;  ///< by rank; empty while the group is being made
  CommSettings settings;
  bool oversubscribed = false;  ///< more ranks than cores on this host
  std::string failure;          ///< why no further collective can succeed; empty while all is well
};

/// "rank 1 (world rank 3 on node7)"
[[nodiscard]] std::string describe(const MpiGroup& group, int peer);

/// MPI's words for an error code.
[[nodiscard]] std::string error_text(int code);

/// Throws Error(internal) naming the operation, the group and MPI's text unless `code` is success.
void check_mpi(int code, const MpiGroup& group, const char* operation);
void check_mpi(int code, const char* operation);

/// MPI may still read or write memory that a failed operation's caller has freed: from here on this process
/// must not let MPI run. Every later operation of any group throws.
void forbid_mpi(const std::string& why);
[[nodiscard]] bool mpi_forbidden();

/// Throws if the group, or MPI in this process, can no longer be used.
void check_usable(const MpiGroup& group, const char* operation);

/// True between MPI_Init and MPI_Finalize.
[[nodiscard]] bool mpi_running();

}  // namespace assay::comm
