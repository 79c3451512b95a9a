// The one way collectives talk: a batch of point-to-point transfers, started together, then waited for
// under a deadline. Point-to-point rather than MPI's own nonblocking collectives because a late peer can
// then be named, the reduction order is ours, and for the few ranks of a tensor group it is faster.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "comm/mpi_group.hpp"

namespace assay::comm {

/// Travels as the message's tag, so that ranks that disagree about what comes next find out at once.
enum class Operation : int { barrier, all_reduce_sum, all_gather, broadcast, gather, split, shutdown };
[[nodiscard]] const char* name_of(Operation operation);

class Exchange {
 public:
  explicit Exchange(MpiGroup& group) : group_(&group) {}
  /// Starts a batch. Throws if the group is unusable.
  void begin(Operation operation);
  /// The bytes must stay as they are until wait() returns.
  void send(int peer, std::span<const std::byte> bytes);
  /// Exactly this many bytes, or the peers disagree and wait() throws.
  void receive(int peer, std::span<std::byte> bytes);
  /// Until all transfers are done. On failure the group is unusable from then on: a collective cannot be
  /// taken back on the other ranks.
  void wait();

 private:
  struct Transfer {
    int peer;
    bool is_receive;
    std::size_t size;
  };
  void add(int code, MPI_Request request, const Transfer& transfer);
  void check_received();
  [[nodiscard]] std::string disagreement(std::size_t i);
  [[nodiscard]] std::string failed_transfer(int code);
  [[noreturn]] void fail(const std::string& why);
  [[nodiscard]] std::string missing_peers();
  void cancel_all(const std::string& why);

  MpiGroup* group_;
  Operation operation_ = Operation::barrier;
  // Kept between batches: a decode step must not allocate.
  std::vector<MPI_Request> requests_;
  std::vector<MPI_Status> statuses_;
  std::vector<Transfer> transfers_;
};

}  // namespace assay::comm
