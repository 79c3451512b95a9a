#include "assay/comm/cpu_binding.hpp"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "assay/util/error.hpp"
#include "assay/util/hash.hpp"
#include "assay/util/log.hpp"

namespace assay::comm {
namespace {

/// A set of the kernel's own length, which may be beyond cpu_set_t's 1024.
class CpuSet {
 public:
  explicit CpuSet(int cores)
      : cores_(cores),
        bytes_(CPU_ALLOC_SIZE(cores)),
        set_(CPU_ALLOC(cores), [](cpu_set_t* set) { CPU_FREE(set); }) {
    if (!set_) throw std::bad_alloc();
    CPU_ZERO_S(bytes_, set_.get());
  }
  [[nodiscard]] int read() { return ::sched_getaffinity(0, bytes_, set_.get()) == 0 ? 0 : errno; }
  [[nodiscard]] int apply() const { return ::sched_setaffinity(0, bytes_, set_.get()) == 0 ? 0 : errno; }
  void add(int core) { CPU_SET_S(core, bytes_, set_.get()); }
  [[nodiscard]] std::vector<int> members() const {
    std::vector<int> members;
    for (int core = 0; core < cores_; ++core) {
      if (CPU_ISSET_S(core, bytes_, set_.get())) members.push_back(core);
    }
    return members;
  }

 private:
  int cores_;
  std::size_t bytes_;
  std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set_;
};

// The cores that this process may use, ascending; none if the kernel does not say.
std::vector<int> allowed_cores() {
  constexpr int most = 1 << 20;
  int error = EINVAL;
  for (int size = CPU_SETSIZE; size <= most; size *= 2) {
    CpuSet set(size);
    error = set.read();
    if (error == 0) return set.members();
    if (error != EINVAL) break;  // EINVAL: the kernel's set is longer
  }
  util::log_warning("the cores of this process cannot be read ({}); computing with one thread",
                    std::strerror(error));
  return {};
}

struct Share {
  std::int32_t node = 0;
  std::uint32_t filler = 0;  // no byte that is sent is left undefined
  std::uint64_t cores = 0;   ///< hash of their numbers
};

}  // namespace

int threads_from_environment() {
  const char* text = std::getenv("ASSAY_THREADS");
  if (text == nullptr) return 0;
  int threads = 0;
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), threads);
  util::check_input(error == std::errc() && *end == '\0' && threads >= 1 && threads <= 1024,
                    "ASSAY_THREADS is \"{}\"; give a number of threads from 1 to 1024", text);
  return threads;
}

int bind_to_cores(Communicator& world, int wanted) {
  const std::vector<int> cores = allowed_cores();
  const Share mine{world.node(), 0, util::xxh3_64(std::as_bytes(std::span(cores)))};
  std::vector<Share> all(static_cast<std::size_t>(world.size()));
  world.all_gather(std::as_bytes(std::span(&mine, 1)), std::as_writable_bytes(std::span(all)));

  if (wanted > 0) return wanted;

  // Ranks that share exactly these cores divide them; the launcher separated the others already.
  int sharers = 0;
  int place = 0;
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    if (all[rank].node != mine.node || all[rank].cores != mine.cores) continue;
    if (static_cast<int>(rank) < world.rank()) ++place;
    ++sharers;
  }
  const int count = static_cast<int>(cores.size());
  if (sharers <= 1 || count == 0) return std::max(1, count);
  const int threads = std::max(1, count / sharers);
  CpuSet share(cores.back() + 1);
  for (int i = 0; i < threads; ++i) share.add(cores[static_cast<std::size_t>((place * threads + i) % count)]);
  if (const int error = share.apply(); error != 0) {
    util::log_warning(
        "this rank's cores cannot be pinned ({}); its {} threads compute wherever there is room",
        std::strerror(error), threads);
  }
  return threads;
}

}  // namespace assay::comm
