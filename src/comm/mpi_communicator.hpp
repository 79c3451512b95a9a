// The Communicator over MPI. MPI types stay in the mpi_* files of this folder.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "assay/comm/communicator.hpp"
#include "comm/mpi_exchange.hpp"
#include "comm/mpi_group.hpp"
#include "comm/mpi_mailbox.hpp"

namespace assay::comm {

class MpiCommunicator final : public Communicator {
 public:
  /// Collective over `comm`, which it takes over. `me` says where this rank runs.
  MpiCommunicator(MPI_Comm comm, std::string name, const Member& me, bool oversubscribed);
  ~MpiCommunicator() override;
  MpiCommunicator(const MpiCommunicator&) = delete;
  MpiCommunicator& operator=(const MpiCommunicator&) = delete;

  int rank() const override { return group_.rank; }
  int size() const override { return group_.size; }
  const std::string& name() const override { return group_.name; }

  void barrier() override;
  void all_reduce_sum(std::span<float> values) override;
  void all_reduce_sum(std::span<double> values) override;
  void all_gather(std::span<const std::byte> in, std::span<std::byte> out) override;
  void broadcast(std::span<std::byte> bytes, int root) override;
  std::vector<std::byte> broadcast_message(std::vector<std::byte> bytes, int root) override;
  std::vector<std::vector<std::byte>> gather_messages(std::vector<std::byte> bytes, int root) override;

  void post(int peer, int tag, std::vector<std::byte> bytes) override {
    mailbox_.post(peer, tag, std::move(bytes));
  }
  std::optional<Message> poll(int tag) override { return mailbox_.poll(tag); }
  Message receive(int peer, int tag) override { return mailbox_.receive(peer, tag); }
  std::optional<Message> wait_any(int tag, double seconds) override {
    return mailbox_.wait_any(tag, seconds);
  }
  void progress() override { mailbox_.progress(); }
  void flush() override { mailbox_.flush(); }

  std::unique_ptr<Communicator> split(int color, int key, std::string group_name) override;
  void abort(int exit_code) override;
  int world_rank() const override { return me().world_rank; }
  std::string host() const override { return me().host; }
  int node() const override { return me().node; }
  int local_size() const override;

  /// A barrier of at most `seconds`, before finalising. False if somebody did not come.
  bool leave_together(double seconds) noexcept;

 private:
  [[nodiscard]] const Member& me() const { return group_.members[static_cast<std::size_t>(group_.rank)]; }
  void gather_members(const Member& me);
  void run_barrier(Operation operation);
  /// all_gather under another operation's name.
  void gather_blocks(std::span<const std::byte> in, std::span<std::byte> out, Operation operation);
  template <class T>
  void sum(std::span<T> values);
  template <class T>
  void sum_whole(std::span<T> values);
  template <class T>
  void sum_in_slices(std::span<T> values);
  /// `count` elements of memory that is reused by later calls.
  template <class T>
  [[nodiscard]] T* scratch(std::size_t count);

  MpiGroup group_;
  Exchange exchange_{group_};
  Mailbox mailbox_{group_};
  std::vector<std::byte> scratch_;
};

}  // namespace assay::comm
