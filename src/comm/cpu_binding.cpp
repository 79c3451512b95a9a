#include "assay/comm/cpu_binding.hpp"

#include <sched.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "assay/util/error.hpp"

namespace assay::comm {
namespace {

struct HostMask {
  std::size_t host_hash = 0;
  cpu_set_t cores{};
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
  HostMask mine;
  mine.host_hash = std::hash<std::string>{}(world.host());
  CPU_ZERO(&mine.cores);
  (void)::sched_getaffinity(0, sizeof(mine.cores), &mine.cores);  // on failure: no cores, so one thread
  std::vector<HostMask> all(static_cast<std::size_t>(world.size()));
  world.all_gather(std::as_bytes(std::span(&mine, 1)), std::as_writable_bytes(std::span(all)));

  if (wanted > 0) return wanted;

  // Ranks that share exactly these cores divide them; the launcher separated the others already.
  int sharers = 0;
  int place = 0;
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    if (all[rank].host_hash != mine.host_hash || CPU_EQUAL(&all[rank].cores, &mine.cores) == 0) continue;
    if (static_cast<int>(rank) < world.rank()) ++place;
    ++sharers;
  }
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &mine.cores)) cores.push_back(core);
  }
  const int count = static_cast<int>(cores.size());
  if (sharers <= 1 || count == 0) return std::max(1, count);
  const int threads = std::max(1, count / sharers);
  cpu_set_t share;
  CPU_ZERO(&share);
  for (int i = 0; i < threads; ++i)
    CPU_SET(cores[static_cast<std::size_t>((place * threads + i) % count)], &share);
  if (::sched_setaffinity(0, sizeof(share), &share) != 0) util::fail_errno("sched_setaffinity");
  return threads;
}

}  // namespace assay::comm
