#include "comm/mpi_mailbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "comm/backoff.hpp"

namespace assay::comm {
namespace {

constexpr int largest_tag = 1000;
constexpr std::size_t largest_message = std::size_t{1} << 30;  // MPI counts bytes in an int

// Memory that MPI may still use when its owner goes away.
template <class Container>
void keep_for_ever(Container& container) {
  (void)new Container(std::move(container));  // NOLINT: a leak on purpose
}

}  // namespace

Mailbox::~Mailbox() {
  if (!outgoing_.empty()) {
    util::log_warning("{} messages of group \"{}\" had not left when it ended", outgoing_.size(),
                      group_->name);
    keep_for_ever(outgoing_);
  }
  for (auto& [tag, inbox] : incoming_) {
    for (auto& [source, queue] : inbox.senders) {
      const bool pending = std::any_of(queue.begin(), queue.end(), [](const Incoming& message) {
        return message.request != MPI_REQUEST_NULL;
      });
      if (pending) keep_for_ever(queue);
    }
  }
}

void Mailbox::check_address(int peer, int tag, const char* operation) const {
  ASSAY_CHECK(tag >= 0 && tag <= largest_tag);
  ASSAY_CHECK(peer >= 0 && peer < group_->size);
  if (mpi_forbidden()) check_usable(*group_, operation);
}

void Mailbox::post(int peer, int tag, std::vector<std::byte> bytes) {
  check_address(peer, tag, "post");
  if (bytes.size() > largest_message) {
    util::fail_internal("post in group \"{}\" failed (a message of {} bytes; at most {}); send it in parts",
                        group_->name, bytes.size(), largest_message);
  }
  if (peer == group_->rank) {
    incoming_[tag].senders[peer].push_back({std::move(bytes), MPI_REQUEST_NULL});
    return;
  }
  // While many wait to leave, looking at all of them on each post would be quadratic.
  if (send_requests_.size() < 64 || ++posts_since_reap_ >= 64) reap("post");
  outgoing_.push_back({peer, std::move(bytes)});
  MPI_Request request = MPI_REQUEST_NULL;
  const std::vector<std::byte>& kept = outgoing_.back().bytes;
  const int code =
      MPI_Isend(kept.data(), static_cast<int>(kept.size()), MPI_BYTE, peer, tag, group_->messages, &request);
  if (code != MPI_SUCCESS) outgoing_.pop_back();
  check_mpi(code, *group_, "post");
  send_requests_.push_back(request);
}

void Mailbox::reap(const char* operation) {
  posts_since_reap_ = 0;
  if (send_requests_.empty()) return;
  finished_.resize(send_requests_.size());
  int count = 0;
  check_mpi(MPI_Testsome(static_cast<int>(send_requests_.size()), send_requests_.data(), &count,
                         finished_.data(), MPI_STATUSES_IGNORE),
            *group_, operation);
  if (count <= 0) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < send_requests_.size(); ++i) {
    if (send_requests_[i] == MPI_REQUEST_NULL) continue;
    if (kept != i) {
      send_requests_[kept] = send_requests_[i];
      outgoing_[kept] = std::move(outgoing_[i]);
    }
    ++kept;
  }
  send_requests_.resize(kept);
  outgoing_.erase(outgoing_.begin() + static_cast<std::ptrdiff_t>(kept), outgoing_.end());
}

bool Mailbox::accept(int source, int tag, const char* operation) {
  int arrived = 0;
  MPI_Message handle = MPI_MESSAGE_NULL;
  MPI_Status status;
  check_mpi(MPI_Improbe(source, tag, group_->messages, &arrived, &handle, &status), *group_, operation);
  if (arrived == 0) return false;
  int size = 0;
  check_mpi(MPI_Get_count(&status, MPI_BYTE, &size), *group_, operation);
  ASSAY_CHECK(size >= 0);
  auto& queue = incoming_[status.MPI_TAG].senders[status.MPI_SOURCE];
  queue.push_back({std::vector<std::byte>(static_cast<std::size_t>(size)), MPI_REQUEST_NULL});
  Incoming& message = queue.back();
  check_mpi(MPI_Imrecv(message.bytes.data(), size, MPI_BYTE, &handle, &message.request), *group_, operation);
  return true;
}

std::optional<Message> Mailbox::take_from(Inbox& inbox, int source, const char* operation) {
  const auto sender = inbox.senders.find(source);
  if (sender == inbox.senders.end() || sender->second.empty()) return std::nullopt;
  Incoming& first = sender->second.front();
  if (first.request != MPI_REQUEST_NULL) {
    int done = 0;
    check_mpi(MPI_Test(&first.request, &done, MPI_STATUS_IGNORE), *group_, operation);
    if (done == 0) return std::nullopt;
  }
  Message result{source, std::move(first.bytes)};
  sender->second.pop_front();
  inbox.last_sender = source;
  return result;
}

std::optional<Message> Mailbox::take_any(int tag, const char* operation) {
  Inbox& inbox = incoming_[tag];
  if (inbox.senders.empty()) return std::nullopt;
  auto sender = inbox.senders.upper_bound(inbox.last_sender);
  for (std::size_t i = 0; i < inbox.senders.size(); ++i, ++sender) {
    if (sender == inbox.senders.end()) sender = inbox.senders.begin();
    if (auto message = take_from(inbox, sender->first, operation)) return message;
  }
  return std::nullopt;
}

std::optional<Message> Mailbox::poll(int tag) {
  check_address(group_->rank, tag, "poll");
  reap("poll");
  // One accepted for one handed out: what nobody asks for yet stays with its sender or in MPI's own queue.
  accept(MPI_ANY_SOURCE, tag, "poll");
  return take_any(tag, "poll");
}

Message Mailbox::receive(int peer, int tag) {
  check_address(peer, tag, "receive");
  Backoff backoff(group_->oversubscribed);
  while (true) {
    reap("receive");
    if (peer != group_->rank) accept(peer, tag, "receive");
    if (auto message = take_from(incoming_[tag], peer, "receive")) return std::move(*message);
    if (backoff.waited() > group_->settings.timeout_seconds) {
      util::fail_internal(
          "receive in group \"{}\" failed on {} (no message with tag {} from {} for {:g} s); it may have "
          "died or be stuck; if it was only slow, raise ASSAY_COMM_TIMEOUT",
          group_->name, describe(*group_, group_->rank), tag, describe(*group_, peer),
          group_->settings.timeout_seconds);
    }
    backoff.pause();
  }
}

std::optional<Message> Mailbox::wait_any(int tag, double seconds) {
  Backoff backoff(group_->oversubscribed);
  while (true) {
    if (auto message = poll(tag)) return message;
    if (backoff.waited() >= seconds) return std::nullopt;
    backoff.pause();
  }
}

void Mailbox::progress() {
  check_address(group_->rank, 0, "progress");
  if (!send_requests_.empty()) {
    reap("progress");
    return;
  }
  int arrived = 0;  // any MPI call moves what is under way; a probe has no other effect
  check_mpi(MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, group_->messages, &arrived, MPI_STATUS_IGNORE), *group_,
            "progress");
}

void Mailbox::flush() {
  check_address(group_->rank, 0, "flush");
  Backoff backoff(group_->oversubscribed);
  while (true) {
    reap("flush");
    if (outgoing_.empty()) return;
    // The peer may be flushing a long message to us, and then takes ours only once we take its.
    if (accept(MPI_ANY_SOURCE, MPI_ANY_TAG, "flush")) continue;
    if (backoff.waited() > group_->settings.timeout_seconds) {
      util::fail_internal(
          "flush in group \"{}\" failed on {} ({} messages, the first for {}, have not left for {:g} s); the "
          "peer may have died or be stuck; if it was only slow, raise ASSAY_COMM_TIMEOUT",
          group_->name, describe(*group_, group_->rank), outgoing_.size(),
          describe(*group_, outgoing_.front().peer), group_->settings.timeout_seconds);
    }
    backoff.pause();
  }
}

bool Mailbox::try_flush(double seconds) noexcept {
  try {
    Backoff backoff(group_->oversubscribed);
    while (true) {
      reap("flush");
      if (outgoing_.empty()) return true;
      if (backoff.waited() >= seconds) return false;
      if (!accept(MPI_ANY_SOURCE, MPI_ANY_TAG, "flush")) backoff.pause();
    }
  } catch (const std::exception& error) {
    util::log_warning("{}", error.what());
    return false;
  }
}

}  // namespace assay::comm
