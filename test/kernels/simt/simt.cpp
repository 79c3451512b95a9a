#include "kernels/simt/simt.hpp"

#include <boost/context/fiber.hpp>
#include <boost/context/preallocated.hpp>
#include <exception>
#include <memory>
#include <stdexcept>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace assay::simt {
namespace {

namespace context = boost::context;

enum class State { runnable, at_block_barrier, at_warp_barrier, finished };

constexpr std::size_t stack_bytes = 64 * 1024;

/// Thread::stack owns the memory.
struct NoDeallocation {
  void deallocate(context::stack_context&) {}
};

/// One side of the changes between the scheduler's stack and a fiber's, told to AddressSanitizer.
class StackSwitch {
 public:
#if defined(__SANITIZE_ADDRESS__)
  /// Before leaving for the stack at `bottom`.
  void leave_to(const void* bottom, std::size_t bytes) {
    __sanitizer_start_switch_fiber(&fake_, bottom, bytes);
  }
  /// Before leaving for the stack that arrived() came from; for good, if this one is at its end.
  void leave_back(bool for_good) {
    __sanitizer_start_switch_fiber(for_good ? nullptr : &fake_, origin_, bytes_);
  }
  /// After coming here.
  void arrived() {
    __sanitizer_finish_switch_fiber(fake_, &origin_, &bytes_);
  }

 private:
  void* fake_ = nullptr;
  const void* origin_ = nullptr;
  std::size_t bytes_ = 0;
#else
  void leave_to(const void* /*bottom*/, std::size_t /*bytes*/) {}
  void leave_back(bool /*for_good*/) {}
  void arrived() {}
#endif
};

struct Thread {
  std::unique_ptr<char[]> stack = std::make_unique_for_overwrite<char[]>(stack_bytes);
  context::fiber fiber;   ///< where it stopped
  context::fiber caller;  ///< the scheduler, while it runs
  StackSwitch own_side;
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
  StackSwitch scheduler_side_;
  std::size_t current_ = 0;
  std::string error_;
  bool abandoned_ = false;
};

Position now;
Block* running = nullptr;
Order order_of_threads = Order::ascending;

Block::Block(const Position& where, const std::function<void()>& body)
    : threads_(std::size_t{where.block_size.x} * where.block_size.y * where.block_size.z) {
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    Thread& thread = threads_[i];
    const auto flat = static_cast<unsigned>(i);
    thread.index = {flat % where.block_size.x, flat / where.block_size.x % where.block_size.y,
                    flat / where.block_size.x / where.block_size.y};
    context::stack_context place;
    place.size = stack_bytes;
    place.sp = thread.stack.get() + stack_bytes;
    thread.fiber = context::fiber(std::allocator_arg, context::preallocated(place.sp, place.size, place),
                                  NoDeallocation(), [this, &thread, &body](context::fiber&& caller) {
                                    thread.own_side.arrived();
                                    thread.caller = std::move(caller);
                                    try {
                                      if (!abandoned_) body();
                                    } catch (const Abandoned&) {
                                    } catch (const std::exception& e) {
                                      if (error_.empty()) error_ = e.what();
                                    }
                                    thread.state = State::finished;
                                    thread.own_side.leave_back(true);
                                    return std::move(thread.caller);
                                  });
  }
}

void Block::resume(std::size_t index) {
  current_ = index;
  now.thread = threads_[index].index;
  scheduler_side_.leave_to(threads_[index].stack.get(), stack_bytes);
  threads_[index].fiber = std::move(threads_[index].fiber).resume();
  scheduler_side_.arrived();
}

void Block::wait(State state) {
  Thread& thread = current();
  thread.state = state;
  thread.own_side.leave_back(false);
  thread.caller = std::move(thread.caller).resume();
  thread.own_side.arrived();
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
