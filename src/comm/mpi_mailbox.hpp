// Messages of one MPI group: posting without waiting, and taking in what arrived without ever blocking on a
// sender that is busy.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "assay/comm/communicator.hpp"
#include "comm/mpi_group.hpp"

namespace assay::comm {

class Mailbox {
 public:
  explicit Mailbox(MpiGroup& group) : group_(&group) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  /// Never throws and never blocks: transfers still under way keep their memory for the process's life.
  ~Mailbox();

  void post(int peer, int tag, std::vector<std::byte> bytes);
  std::optional<Message> poll(int tag);
  Message receive(int peer, int tag);
  std::optional<Message> wait_any(int tag, double seconds);
  void progress();
  void flush();
  /// Waits up to `seconds` for posted messages to leave; for destructors. True if they have.
  bool try_flush(double seconds) noexcept;

 private:
  struct Outgoing {
    int peer;
    std::vector<std::byte> bytes;
  };
  struct Incoming {
    std::vector<std::byte> bytes;
    MPI_Request request;  ///< MPI_REQUEST_NULL once the bytes are here
  };
  /// Messages of one tag by sender, each sender's in order.
  struct Inbox {
    std::map<int, std::deque<Incoming>> senders;
    int last_sender = -1;
  };

  void check_address(int peer, int tag, const char* operation) const;
  /// Forgets posted messages that have left.
  void reap(const char* operation);
  /// Starts taking in one arrived message, if there is one. Returns whether there was.
  bool accept(int source, int tag, const char* operation);
  /// Removes the first message of the first sender whose first message is complete; senders take turns.
  std::optional<Message> take_any(int tag, const char* operation);
  /// The same of one sender.
  std::optional<Message> take_from(Inbox& inbox, int source, const char* operation);

  MpiGroup* group_;
  std::vector<MPI_Request> send_requests_;  // parallel to outgoing_
  std::vector<Outgoing> outgoing_;
  std::vector<int> finished_;  // scratch of reap
  int posts_since_reap_ = 0;
  std::map<int, Inbox> incoming_;  // by tag
};

}  // namespace assay::comm
