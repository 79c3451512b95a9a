// Collective operations of the MPI communicator, built from exchanges.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "assay/util/error.hpp"
#include "comm/mpi_communicator.hpp"
#include "comm/ordered_sum.hpp"

namespace assay::comm {
namespace {

/// Up to this size every rank talks to every other at once; larger groups pass blocks round a ring.
constexpr int largest_direct_group = 16;
/// Up to this many bytes every rank gathers all blocks and adds them all: one round trip instead of two.
constexpr std::size_t largest_whole_reduction = std::size_t{64} << 10;

}  // namespace

void MpiCommunicator::run_barrier(Operation operation) {
  // Dissemination: after round k every rank has heard, directly or not, from the 2^(k+1) - 1 before it.
  for (int distance = 1; distance < size(); distance *= 2) {
    exchange_.begin(operation);
    exchange_.receive((rank() - distance + size()) % size(), {});
    exchange_.send((rank() + distance) % size(), {});
    exchange_.wait();
  }
}

void MpiCommunicator::barrier() {
  check_usable(group_, "barrier");
  run_barrier(Operation::barrier);
}

void MpiCommunicator::gather_blocks(std::span<const std::byte> in, std::span<std::byte> out,
                                    Operation operation) {
  const std::size_t block = in.size();
  ASSAY_CHECK(out.size() == block * static_cast<std::size_t>(size()));
  const auto block_of = [&](int r) { return out.subspan(static_cast<std::size_t>(r) * block, block); };
  if (block > 0) std::memmove(block_of(rank()).data(), in.data(), block);
  if (size() <= largest_direct_group) {
    exchange_.begin(operation);
    for (int i = 1; i < size(); ++i) {
      const int peer = (rank() + i) % size();
      exchange_.receive(peer, block_of(peer));
    }
    for (int i = 1; i < size(); ++i) exchange_.send((rank() + i) % size(), block_of(rank()));
    exchange_.wait();
    return;
  }
  const int left = (rank() - 1 + size()) % size();
  const int right = (rank() + 1) % size();
  for (int step = 0; step + 1 < size(); ++step) {
    exchange_.begin(operation);
    exchange_.receive(left, block_of((rank() - step - 1 + 2 * size()) % size()));
    exchange_.send(right, block_of((rank() - step + size()) % size()));
    exchange_.wait();
  }
}

void MpiCommunicator::all_gather(std::span<const std::byte> in, std::span<std::byte> out) {
  gather_blocks(in, out, Operation::all_gather);
}

template <class T>
T* MpiCommunicator::scratch(std::size_t count) {
  if (scratch_.size() < count * sizeof(T)) scratch_.resize(count * sizeof(T));
  return reinterpret_cast<T*>(scratch_.data());
}

template <class T>
void MpiCommunicator::sum_whole(std::span<T> values) {
  T* blocks = scratch<T>(values.size() * static_cast<std::size_t>(size()));
  gather_blocks(std::as_bytes(values),
                std::as_writable_bytes(std::span(blocks, values.size() * static_cast<std::size_t>(size()))),
                Operation::all_reduce_sum);
  sum_in_order(blocks, size(), values.size(), values.data());
}

// Each rank reduces one slice, in the same rank order as sum_whole, and hands the result round.
template <class T>
void MpiCommunicator::sum_in_slices(std::span<T> values) {
  const auto slice_of = [&](int r) {
    const std::size_t begin = slice_begin(values.size(), size(), r);
    return values.subspan(begin, slice_begin(values.size(), size(), r + 1) - begin);
  };
  const std::span<T> mine = slice_of(rank());
  T* blocks = scratch<T>(mine.size() * static_cast<std::size_t>(size()));
  exchange_.begin(Operation::all_reduce_sum);
  for (int r = 0; r < size(); ++r) {
    const std::span block(blocks + static_cast<std::size_t>(r) * mine.size(), mine.size());
    if (r == rank()) {
      std::copy(mine.begin(), mine.end(), block.begin());
    } else {
      exchange_.receive(r, std::as_writable_bytes(block));
    }
  }
  for (int i = 1; i < size(); ++i) {
    const int peer = (rank() + i) % size();
    exchange_.send(peer, std::as_bytes(slice_of(peer)));
  }
  exchange_.wait();
  sum_in_order(blocks, size(), mine.size(), mine.data());

  exchange_.begin(Operation::all_reduce_sum);
  for (int i = 1; i < size(); ++i) {
    const int peer = (rank() + i) % size();
    exchange_.receive(peer, std::as_writable_bytes(slice_of(peer)));
  }
  for (int i = 1; i < size(); ++i) exchange_.send((rank() + i) % size(), std::as_bytes(mine));
  exchange_.wait();
}

template <class T>
void MpiCommunicator::sum(std::span<T> values) {
  check_usable(group_, "all_reduce_sum");
  if (size() == 1 || values.empty()) return;
  if (values.size_bytes() <= largest_whole_reduction) {
    sum_whole(values);
  } else {
    sum_in_slices(values);
  }
}

void MpiCommunicator::all_reduce_sum(std::span<float> values) {
  sum(values);
}
void MpiCommunicator::all_reduce_sum(std::span<double> values) {
  sum(values);
}

void MpiCommunicator::broadcast(std::span<std::byte> bytes, int root) {
  ASSAY_CHECK(root >= 0 && root < size());
  check_usable(group_, "broadcast");
  // Binomial tree over ranks counted from the root: the parent clears the lowest set bit.
  const int place = (rank() - root + size()) % size();
  const auto rank_at = [&](int p) { return (p + root) % size(); };
  int bit = 1;
  for (; bit < size() && (place & bit) == 0; bit *= 2) {
  }
  if (place != 0) {
    exchange_.begin(Operation::broadcast);
    exchange_.receive(rank_at(place - bit), bytes);
    exchange_.wait();
  }
  exchange_.begin(Operation::broadcast);
  for (bit /= 2; bit >= 1; bit /= 2) {
    if (place + bit < size()) exchange_.send(rank_at(place + bit), bytes);
  }
  exchange_.wait();
}

std::vector<std::byte> MpiCommunicator::broadcast_message(std::vector<std::byte> bytes, int root) {
  std::uint64_t length = bytes.size();
  broadcast(std::as_writable_bytes(std::span(&length, 1)), root);
  if (rank() != root) bytes.assign(length, std::byte{});
  broadcast(bytes, root);
  return bytes;
}

std::vector<std::vector<std::byte>> MpiCommunicator::gather_messages(std::vector<std::byte> bytes, int root) {
  ASSAY_CHECK(root >= 0 && root < size());
  const std::uint64_t length = bytes.size();
  exchange_.begin(Operation::gather);
  if (rank() != root) {
    exchange_.send(root, std::as_bytes(std::span(&length, 1)));
    exchange_.send(root, bytes);
    exchange_.wait();
    return {};
  }
  std::vector<std::uint64_t> lengths(static_cast<std::size_t>(size()));
  for (int r = 0; r < size(); ++r) {
    if (r != root)
      exchange_.receive(r, std::as_writable_bytes(std::span(&lengths[static_cast<std::size_t>(r)], 1)));
  }
  exchange_.wait();
  std::vector<std::vector<std::byte>> result(static_cast<std::size_t>(size()));
  exchange_.begin(Operation::gather);
  for (int r = 0; r < size(); ++r) {
    auto& message = result[static_cast<std::size_t>(r)];
    if (r == root) {
      message = std::move(bytes);
    } else {
      message.resize(lengths[static_cast<std::size_t>(r)]);
      exchange_.receive(r, message);
    }
  }
  exchange_.wait();
  return result;
}

}  // namespace assay::comm
