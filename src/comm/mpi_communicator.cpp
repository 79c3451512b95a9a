#include "comm/mpi_communicator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <type_traits>
#include <utility>

#include "assay/util/error.hpp"

namespace assay::comm {
namespace {

constexpr double last_flush_seconds = 5;

// What ranks tell each other about themselves when a group is made.
struct MemberRecord {
  int world_rank;
  int node;
  std::array<char, 64> host;
};
static_assert(std::is_trivially_copyable_v<MemberRecord>);

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

}  // namespace

MpiCommunicator::MpiCommunicator(MPI_Comm comm, std::string name, const Member& me, bool oversubscribed) {
  group_.name = std::move(name);
  group_.settings = comm_settings();
  group_.oversubscribed = oversubscribed;
  group_.collectives = comm;
  check_mpi(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN), group_, "MPI_Comm_set_errhandler");
  check_mpi(MPI_Comm_rank(comm, &group_.rank), group_, "MPI_Comm_rank");
  check_mpi(MPI_Comm_size(comm, &group_.size), group_, "MPI_Comm_size");
  gather_members(me);
  // MPI_Comm_dup has no deadline of its own, but every rank has just been heard from.
  check_mpi(MPI_Comm_dup(comm, &group_.messages), group_, "MPI_Comm_dup");
  check_mpi(MPI_Comm_set_errhandler(group_.messages, MPI_ERRORS_RETURN), group_, "MPI_Comm_set_errhandler");
}

MpiCommunicator::~MpiCommunicator() {
  // While an exception is on its way, or MPI must not run any more, leave everything to the process's end.
  if (!mpi_running() || mpi_forbidden()) return;
  if (!group_.failure.empty() || std::uncaught_exceptions() > 0) {
    mailbox_.try_flush(0);  // only notices what has left
    return;
  }
  mailbox_.try_flush(last_flush_seconds);
  MPI_Comm_free(&group_.messages);
  MPI_Comm_free(&group_.collectives);
}

void MpiCommunicator::gather_members(const Member& me) {
  MemberRecord mine{me.world_rank, me.node, {}};
  std::copy_n(me.host.begin(), std::min(me.host.size(), mine.host.size() - 1), mine.host.begin());
  std::vector<MemberRecord> records(static_cast<std::size_t>(group_.size));
  gather_blocks(bytes_of(mine), std::as_writable_bytes(std::span(records)), Operation::split);
  for (const MemberRecord& record : records)
    group_.members.push_back({record.world_rank, record.node, record.host.data()});
}

std::unique_ptr<Communicator> MpiCommunicator::split(int color, int key, std::string group_name) {
  struct Wish {
    int color;
    int key;
  };
  const Wish mine{color, key};
  std::vector<Wish> wishes(static_cast<std::size_t>(size()));
  gather_blocks(bytes_of(mine), std::as_writable_bytes(std::span(wishes)), Operation::split);

  const auto same_color = [&](const Wish& wish) { return wish.color == color; };
  // MPI's colors must not be negative; the first rank of each color stands for it.
  const auto dense_color = std::find_if(wishes.begin(), wishes.end(), same_color) - wishes.begin();
  MPI_Comm comm = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split(group_.collectives, static_cast<int>(dense_color), key, &comm), group_, "split");
  if (std::count_if(wishes.begin(), wishes.end(), same_color) == 1) {
    MPI_Comm_free(&comm);
    return make_self_communicator(std::move(group_name), world_rank());
  }
  return std::make_unique<MpiCommunicator>(comm, std::move(group_name), me(), group_.oversubscribed);
}

void MpiCommunicator::abort(int exit_code) {
  std::fflush(nullptr);
  if (mpi_running()) MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::_Exit(exit_code);
}

int MpiCommunicator::local_size() const {
  return static_cast<int>(std::count_if(group_.members.begin(), group_.members.end(),
                                        [&](const Member& member) { return member.node == me().node; }));
}

bool MpiCommunicator::leave_together(double seconds) noexcept {
  if (mpi_forbidden() || !group_.failure.empty()) return false;
  try {
    group_.settings.timeout_seconds = seconds;
    run_barrier(Operation::shutdown);
    return true;
  } catch (const std::exception&) {
    return false;  // whoever is missing has its own story to tell
  }
}

}  // namespace assay::comm
