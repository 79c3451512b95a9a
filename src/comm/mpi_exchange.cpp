#include "comm/mpi_exchange.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/util/error.hpp"
#include "comm/backoff.hpp"

namespace assay::comm {
namespace {

constexpr std::size_t most_named_peers = 4;

}  // namespace

const char* name_of(Operation operation) {
  switch (operation) {
    case Operation::barrier:
      return "barrier";
    case Operation::all_reduce_sum:
      return "all_reduce_sum";
    case Operation::all_gather:
      return "all_gather";
    case Operation::broadcast:
      return "broadcast";
    case Operation::gather:
      return "gather";
    case Operation::split:
      return "split";
    case Operation::shutdown:
      return "shutdown";
  }
  return "an unknown operation";
}

void Exchange::begin(Operation operation) {
  check_usable(*group_, name_of(operation));
  operation_ = operation;
  requests_.clear();
  transfers_.clear();
}

void Exchange::add(int code, MPI_Request request, const Transfer& transfer) {
  if (code == MPI_SUCCESS) {
    requests_.push_back(request);
    transfers_.push_back(transfer);
    return;
  }
  fail(error_text(code));
}

void Exchange::send(int peer, std::span<const std::byte> bytes) {
  do {  // once even for no bytes: the peer waits for the message itself
    const std::size_t size = std::min(bytes.size(), group_->settings.chunk_bytes);
    MPI_Request request = MPI_REQUEST_NULL;
    const int code = MPI_Isend(bytes.data(), static_cast<int>(size), MPI_BYTE, peer,
                               static_cast<int>(operation_), group_->collectives, &request);
    add(code, request, {peer, false, size});
    bytes = bytes.subspan(size);
  } while (!bytes.empty());
}

void Exchange::receive(int peer, std::span<std::byte> bytes) {
  do {
    const std::size_t size = std::min(bytes.size(), group_->settings.chunk_bytes);
    MPI_Request request = MPI_REQUEST_NULL;
    const int code = MPI_Irecv(bytes.data(), static_cast<int>(size), MPI_BYTE, peer, MPI_ANY_TAG,
                               group_->collectives, &request);
    add(code, request, {peer, true, size});
    bytes = bytes.subspan(size);
  } while (!bytes.empty());
}

void Exchange::wait() {
  if (requests_.empty()) return;
  statuses_.resize(requests_.size());
  Backoff backoff(group_->oversubscribed);
  while (true) {
    int done = 0;
    const int code =
        MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &done, statuses_.data());
    if (code != MPI_SUCCESS) fail(failed_transfer(code));
    if (done != 0) break;
    if (backoff.waited() > group_->settings.timeout_seconds) {
      const std::string missing = missing_peers();
      if (missing.empty()) continue;  // the last answer came while we looked
      fail(
          fmt::format("no answer from {} for {:g} s; it may have died or be stuck; if it was only slow, "
                      "raise ASSAY_COMM_TIMEOUT",
                      missing, group_->settings.timeout_seconds));
    }
    backoff.pause();
  }
  check_received();
}

void Exchange::check_received() {
  for (std::size_t i = 0; i < transfers_.size(); ++i) {
    const Transfer& transfer = transfers_[i];
    if (!transfer.is_receive) continue;
    if (statuses_[i].MPI_TAG != static_cast<int>(operation_)) fail(disagreement(i));
    int size = 0;
    MPI_Get_count(&statuses_[i], MPI_BYTE, &size);
    if (static_cast<std::size_t>(size) != transfer.size) {
      fail(fmt::format("{} sent {} bytes where {} were expected", describe(*group_, transfer.peer), size,
                       transfer.size));
    }
  }
}

std::string Exchange::disagreement(std::size_t i) {
  if (statuses_[i].MPI_TAG == static_cast<int>(Operation::shutdown)) {
    return fmt::format("{} has left; its own message says why", describe(*group_, transfers_[i].peer));
  }
  return fmt::format("{} is in {} instead; the ranks disagree about what to do next",
                     describe(*group_, transfers_[i].peer),
                     name_of(static_cast<Operation>(statuses_[i].MPI_TAG)));
}

// MPI_Testall's own code says only that one of the transfers failed.
std::string Exchange::failed_transfer(int code) {
  for (std::size_t i = 0; code == MPI_ERR_IN_STATUS && i < transfers_.size(); ++i) {
    const MPI_Status& status = statuses_[i];
    if (status.MPI_ERROR == MPI_SUCCESS || status.MPI_ERROR == MPI_ERR_PENDING) continue;
    const bool is_receive = transfers_[i].is_receive;
    if (is_receive && status.MPI_TAG >= 0 && status.MPI_TAG != static_cast<int>(operation_))
      return disagreement(i);
    return fmt::format("{} {}: {}", is_receive ? "receiving from" : "sending to",
                       describe(*group_, transfers_[i].peer), error_text(status.MPI_ERROR));
  }
  return error_text(code);
}

std::string Exchange::missing_peers() {
  std::vector<int> peers;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    int done = 0;
    MPI_Status status;
    MPI_Request_get_status(requests_[i], &done, &status);
    if (done == 0) peers.push_back(transfers_[i].peer);
  }
  std::sort(peers.begin(), peers.end());
  peers.erase(std::unique(peers.begin(), peers.end()), peers.end());
  std::string text;
  for (std::size_t i = 0; i < std::min(peers.size(), most_named_peers); ++i) {
    text += (i > 0 ? ", " : "") + describe(*group_, peers[i]);
  }
  if (peers.size() > most_named_peers) text += fmt::format(" and {} more", peers.size() - most_named_peers);
  return text;
}

// The caller's memory must be free of MPI when the exception reaches the caller.
void Exchange::cancel_all(const std::string& why) {
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    if (requests_[i] == MPI_REQUEST_NULL) continue;
    if (transfers_[i].is_receive) MPI_Cancel(&requests_[i]);
    int done = 0;
    MPI_Test(&requests_[i], &done, MPI_STATUS_IGNORE);
    if (done == 0 && transfers_[i].size > 0) forbid_mpi(why);
  }
  requests_.clear();
  transfers_.clear();
}

void Exchange::fail(const std::string& why) {
  const std::string message = fmt::format("{} in group \"{}\" failed on {} ({})", name_of(operation_),
                                          group_->name, describe(*group_, group_->rank), why);
  group_->failure = message;
  cancel_all(message);
  throw util::Error(util::ExitCode::internal, message);
}

}  // namespace assay::comm
