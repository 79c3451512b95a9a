#include "assay/comm/cpu_binding.hpp"

#include <sched.h>

#include <catch2/catch.hpp>
#include <span>
#include <vector>

#include "support/mpi_world.hpp"

using assay::test::world;

namespace {

cpu_set_t mask() {
  cpu_set_t set;
  CPU_ZERO(&set);
  REQUIRE(::sched_getaffinity(0, sizeof(set), &set) == 0);  // fails on machines of more than 1024 cores
  return set;
}

}  // namespace

TEST_CASE("ranks of one node divide the cores they share") {
  const cpu_set_t before = mask();
  const int count = CPU_COUNT(&before);
  const int threads = assay::comm::bind_to_cores(world(), 0);
  const cpu_set_t after = mask();
  REQUIRE(::sched_setaffinity(0, sizeof(before), &before) == 0);

  CHECK(threads >= 1);
  cpu_set_t common;
  CPU_AND(&common, &before, &after);
  CHECK(CPU_EQUAL(&common, &after) != 0);
  CHECK(CPU_COUNT(&after) == threads);
  std::vector<cpu_set_t> all(static_cast<std::size_t>(world().size()));
  world().all_gather(std::as_bytes(std::span(&after, 1)), std::as_writable_bytes(std::span(all)));
  if (world().local_size() != world().size() || count < world().size()) return;  // some share a core
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      CPU_AND(&common, &all[a], &all[b]);
      CHECK(CPU_COUNT(&common) == 0);
    }
  }
}

TEST_CASE("a number of threads that is asked for is taken, and nothing is pinned") {
  const cpu_set_t before = mask();
  CHECK(assay::comm::bind_to_cores(world(), 3 + world().rank()) == 3 + world().rank());
  const cpu_set_t after = mask();
  CHECK(CPU_EQUAL(&before, &after) != 0);
}
