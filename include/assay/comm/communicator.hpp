// A group of ranks: collectives on host buffers, and messages. Two implementations: self (size 1, calls no
// library) and mpi. Collective calls must be made by every rank of the group, in the same order.
// Collectives, `receive` and `flush` have a deadline (ASSAY_COMM_TIMEOUT seconds, default 300): on expiry, or
// on any MPI error, Error(internal) is thrown naming the group, the operation and the peer. Where ranks may
// come minutes apart (loading, the end of a run) use agreement.hpp or wait_any, which have none: there a rank
// that dies is the launcher's to notice, and it ends the job.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace assay::comm {

struct Message {
  int source = 0;  ///< rank in the group
  std::vector<std::byte> bytes;
};

class Communicator {
 public:
  virtual ~Communicator() = default;
  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;
  /// For errors and timings: "world", "tensor group of replica 0 stage 1".
  [[nodiscard]] virtual const std::string& name() const = 0;

  virtual void barrier() = 0;
  /// In place; the sum's order is fixed for a group size: gather, then ranks 0, 1, 2, ... added in turn, so
  /// every rank gets the same bits.
  virtual void all_reduce_sum(std::span<float> values) = 0;
  virtual void all_reduce_sum(std::span<double> values) = 0;
  /// `out` holds size() blocks of in.size() bytes, in rank order.
  virtual void all_gather(std::span<const std::byte> in, std::span<std::byte> out) = 0;
  virtual void broadcast(std::span<std::byte> bytes, int root) = 0;
  /// Broadcast of bytes whose length only the root knows.
  [[nodiscard]] virtual std::vector<std::byte> broadcast_message(std::vector<std::byte> bytes, int root) = 0;
  /// One message from every rank at `root`, in rank order; empty elsewhere.
  [[nodiscard]] virtual std::vector<std::vector<std::byte>> gather_messages(std::vector<std::byte> bytes,
                                                                            int root) = 0;

  /// Sends without waiting; owns the bytes until they are gone. Messages of one (sender, tag) arrive in
  /// order. tag: 0 to 1000; at most 1 GiB. Sending to oneself is allowed.
  virtual void post(int peer, int tag, std::vector<std::byte> bytes) = 0;
  /// The next message with `tag` from any rank, if one has arrived.
  [[nodiscard]] virtual std::optional<Message> poll(int tag) = 0;
  /// Waits for the next message with `tag` from `peer`, up to the deadline.
  [[nodiscard]] virtual Message receive(int peer, int tag) = 0;
  /// Waits up to `seconds` for a message with `tag` from any rank; for idle loops that also watch signals.
  [[nodiscard]] virtual std::optional<Message> wait_any(int tag, double seconds) = 0;
  /// Lets posted messages move, without waiting. MPI moves long messages only inside calls of its own: a
  /// rank that posts one and then computes for long keeps its peer waiting unless it calls this now and
  /// then (once a layer; well under a microsecond when nothing is under way).
  virtual void progress() = 0;
  /// Waits until all posted messages have left, up to the deadline. Takes in what arrives meanwhile (for a
  /// later poll), so that two ranks may flush long messages to each other.
  virtual void flush() = 0;

  /// New group of the ranks that pass the same `color`, ordered by `key` then rank. Collective.
  [[nodiscard]] virtual std::unique_ptr<Communicator> split(int color, int key, std::string group_name) = 0;
  /// Ends the whole job now with this exit code, from one rank alone.
  [[noreturn]] virtual void abort(int exit_code) = 0;
  /// This rank's number in the whole job, and its host's name: how errors name it.
  [[nodiscard]] virtual int world_rank() const = 0;
  [[nodiscard]] virtual std::string host() const = 0;
  /// The same number on the ranks that share this rank's memory, and on no others.
  [[nodiscard]] virtual int node() const = 0;
  /// Ranks of this group on this rank's node.
  [[nodiscard]] virtual int local_size() const = 0;
};

/// The group of this process alone; `world_rank`: its number in the whole job.
[[nodiscard]] std::unique_ptr<Communicator> make_self_communicator(std::string group_name = "self",
                                                                   int world_rank = 0);

/// How many ranks the launcher started, from its environment variables alone (no MPI call): Open MPI's
/// mpirun, SLURM's srun, MPICH's; 1 without a launcher, and in a SLURM batch script outside srun.
[[nodiscard]] int launched_ranks();

/// This process's rank by the same variables; 0 where they do not say.
[[nodiscard]] int launched_rank();

/// MPI for the life of the object: initialises it (thread level SERIALIZED, errors returned), owns the
/// world. Created only when launched_ranks() > 1 or by tests. Throws InputError when the launcher started N
/// processes but MPI sees a world of 1 (srun without --mpi=pmix), on every rank. The destructor finalises MPI
/// once every rank has arrived there. While an exception passes through it, it waits for the others two
/// seconds only and else leaves without finalising, so that the launcher ends the job. Groups must be gone
/// before it.
class MpiRuntime {
 public:
  MpiRuntime();
  ~MpiRuntime();
  MpiRuntime(const MpiRuntime&) = delete;
  MpiRuntime& operator=(const MpiRuntime&) = delete;
  [[nodiscard]] Communicator& world();

 private:
  std::unique_ptr<Communicator> world_;
  int exceptions_at_start_ = 0;
};

}  // namespace assay::comm
