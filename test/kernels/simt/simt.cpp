#include "kernels/simt/simt.hpp"

#include <boost/context/fiber.hpp>
#include <boost/context/fixedsize_stack.hpp>
#include <exception>
#include <memory>
#include <stdexcept>
#include <vector>

namespace assay::simt {
namespace {

namespace context = boost::context;

enum class State { runnable, at_block_barrier, at_warp_barrier, finished };

struct Thread {
  context::fiber fiber;   ///< where it stopped
  context::fiber caller;  ///< the scheduler, while it runs
  State state = State::runnable;
  dim3 index;
  unsigned mask = 0;                       ///< of the warp barrier it waits at
  std::uint64_t brought = 0;               ///< to that barrier
  std::uint64_t received[warp_size] = {};  ///< all lanes' values of the last one
};

/// Thrown through the fibers of a failed block so that they unwind.
struct Abandoned {};

class Block {
 public:
  Block(const Position& where, const std::function<void()>& body);
  /// Runs all threads to their end.
  std::string run(Order order);
  Thread& current() { return threads_[current_]; }
  [[nodiscard]] unsigned current_index() const { return static_cast<unsigned>(current_); }
  void wait(State state);

 private:
  void resume(std::size_t index);
  bool release();
  bool release_warp(std::size_t begin);
  void abandon();

  std::vector<Thread> threads_;
  std::size_t current_ = 0;
  std::string error_;
  bool abandoned_ = false;
};

Position now;
Block* running = nullptr;
Order order_of_threads = Order::ascending;

constexpr std::size_t stack_bytes = 64 * 1024;

Block::Block(const Position& where, const std::function<void()>& body)
    : threads_(std::size_t{where.block_size.x} * where.block_size.y * where.block_size.z) {
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    Thread& thread = threads_[i];
    const auto flat = static_cast<unsigned>(i);
    thread.index = {flat % where.block_size.x, flat / where.block_size.x % where.block_size.y,
                    flat / where.block_size.x / where.block_size.y};
    thread.fiber = context::fiber(std::allocator_arg, context::fixedsize_stack(stack_bytes),
                                  [this, &thread, &body](context::fiber&& caller) {
                                    thread.caller = std::move(caller);
                                    try {
                                      if (!abandoned_) body();
                                    } catch (const Abandoned&) {
                                    } catch (const std::exception& e) {
                                      if (error_.empty()) error_ = e.what();
                                    }
                                    thread.state = State::finished;
                                    return std::move(thread.caller);
                                  });
  }
}

void Block::resume(std::size_t index) {
  current_ = index;
  now.thread = threads_[index].index;
  threads_[index].fiber = std::move(threads_[index].fiber).resume();
}

void Block::wait(State state) {
  Thread& thread = current();
  thread.state = state;
  thread.caller = std::move(thread.caller).resume();
  if (abandoned_) throw Abandoned{};
}

/// Lets a warp's lanes go on if all lanes of their common mask that exist have come.
bool Block::release_warp(std::size_t begin) {
  const std::size_t end = std::min(begin + warp_size, threads_.size());
  std::uint64_t values[warp_size] = {};
  unsigned waiting = 0;
  unsigned wanted = 0;
  for (std::size_t i = begin; i < end; ++i) {
    if (threads_[i].state != State::at_warp_barrier) continue;
    waiting |= 1U << (i - begin);
    wanted |= threads_[i].mask;
    values[i - begin] = threads_[i].brought;
  }
  const unsigned existing = end - begin == warp_size ? 0xffffffffU : (1U << (end - begin)) - 1;
  if (waiting == 0 || (wanted & existing) != waiting) return false;
  for (std::size_t i = begin; i < end; ++i) {
    if (threads_[i].state != State::at_warp_barrier) continue;
    std::copy(std::begin(values), std::end(values), threads_[i].received);
    threads_[i].state = State::runnable;
  }
  return true;
}

/// Lets threads go on whose barrier is complete; false if there are none.
bool Block::release() {
  bool any = false;
  for (std::size_t begin = 0; begin < threads_.size(); begin += warp_size) any = release_warp(begin) || any;
  if (any) return true;
  for (const Thread& thread : threads_) {
    if (thread.state == State::at_warp_barrier) return false;
  }
  // CUDA counts threads that returned out of the barrier only if whole warps did: ask for all or none.
  bool finished = false;
  for (Thread& thread : threads_) finished = finished || thread.state == State::finished;
  if (finished) return false;
  for (Thread& thread : threads_) thread.state = State::runnable;
  return true;
}

void Block::abandon() {
  abandoned_ = true;
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (threads_[i].state != State::finished) resume(i);
  }
}

std::string Block::run(Order order) {
  for (;;) {
    std::size_t unfinished = 0;
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      const std::size_t index = order == Order::ascending ? i : threads_.size() - 1 - i;
      if (threads_[index].state == State::runnable) resume(index);
      if (threads_[index].state != State::finished) ++unfinished;
      if (!error_.empty()) {
        abandon();
        return error_;
      }
    }
    if (unfinished == 0) return "";
    if (!release()) {
      abandon();
      return "a barrier or shuffle that not all of its threads reach";
    }
  }
}

}  // namespace

Position& position() {
  return now;
}
void set_order(Order order) {
  order_of_threads = order;
}

unsigned lane() {
  return running->current_index() % warp_size;
}

void sync_block() {
  running->wait(State::at_block_barrier);
}

std::uint64_t exchange(unsigned mask, std::uint64_t value, unsigned source) {
  Thread& thread = running->current();
  if ((mask >> lane() & 1U) == 0) throw std::logic_error("a shuffle whose mask leaves out the calling lane");
  if ((mask >> source & 1U) == 0) throw std::logic_error("a shuffle from a lane that its mask leaves out");
  thread.mask = mask;
  thread.brought = value;
  running->wait(State::at_warp_barrier);
  return thread.received[source];
}

std::string run(dim3 grid, dim3 block, const std::function<void()>& thread) {
  now.block_size = block;
  now.grid_size = grid;
  for (unsigned z = 0; z < grid.z; ++z) {
    for (unsigned y = 0; y < grid.y; ++y) {
      for (unsigned x = 0; x < grid.x; ++x) {
        now.block = {x, y, z};
        Block fibers(now, thread);
        running = &fibers;
        std::string error = fibers.run(order_of_threads);
        running = nullptr;
        if (!error.empty()) return error;
      }
    }
  }
  return "";
}

}  // namespace assay::simt
