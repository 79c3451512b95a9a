#include "comm/mpi_group.hpp"

#include <fmt/format.h>

#include <array>

#include "assay/util/error.hpp"

namespace assay::comm {
namespace {

// Of the process, as MPI itself is. Empty while all is well.
std::string& forbidden_reason() {
  static std::string reason;
  return reason;
}

}  // namespace

std::string error_text(int code) {
  std::array<char, MPI_MAX_ERROR_STRING + 1> text{};
  int length = 0;
  if (MPI_Error_string(code, text.data(), &length) != MPI_SUCCESS) return fmt::format("MPI error {}", code);
  return text.data();
}

std::string describe(const MpiGroup& group, int peer) {
  if (group.members.empty()) return fmt::format("rank {}", peer);
  const Member& member = group.members[static_cast<std::size_t>(peer)];
  return fmt::format("rank {} (world rank {} on {})", peer, member.world_rank, member.host);
}

void check_mpi(int code, const MpiGroup& group, const char* operation) {
  if (code == MPI_SUCCESS) return;
  util::fail_internal("{} in group \"{}\" failed on {} ({})", operation, group.name,
                      describe(group, group.rank), error_text(code));
}

void check_mpi(int code, const char* operation) {
  if (code != MPI_SUCCESS) util::fail_internal("{} failed ({})", operation, error_text(code));
}

void forbid_mpi(const std::string& why) {
  if (forbidden_reason().empty()) forbidden_reason() = why;
}

bool mpi_forbidden() {
  return !forbidden_reason().empty();
}

void check_usable(const MpiGroup& group, const char* operation) {
  if (group.failure.empty() && !mpi_forbidden()) [[likely]]
    return;
  util::fail_internal("{} in group \"{}\" is impossible after an earlier failure ({})", operation, group.name,
                      group.failure.empty() ? forbidden_reason() : group.failure);
}

bool mpi_running() {
  int initialized = 0;
  int finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  return initialized != 0 && finalized == 0;
}

}  // namespace assay::comm
