#include <algorithm>
#include <system_error>
#include <utility>

#include "assay/eval/sandbox.hpp"

namespace assay::eval {

ExecutionPool::ExecutionPool(Sandbox sandbox, int workers) : sandbox_(std::move(sandbox)) {
  constexpr int most = 8;
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int count = workers > 0 ? workers : std::clamp(cores / 2, 1, most);
  for (int worker = 0; worker < count; ++worker) {
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      if (threads_.empty()) throw;  // fewer workers are enough where threads are short
      break;
    }
  }
}

ExecutionPool::~ExecutionPool() {
  stop_ = true;
  {
    const std::lock_guard lock(mutex_);
    queue_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::future<Execution> ExecutionPool::submit(SandboxedProgram program) {
  Job job{.program = std::move(program), .promise = {}};
  std::future<Execution> result = job.promise.get_future();
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(job));
  }
  changed_.notify_one();
  return result;
}

void ExecutionPool::work() {
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (stop_) return;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    try {
      job.promise.set_value(sandbox_.run(job.program, &stop_));
    } catch (...) {
      job.promise.set_exception(std::current_exception());
    }
  }
}

}  // namespace assay::eval
