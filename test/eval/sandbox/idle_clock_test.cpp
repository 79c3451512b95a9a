#include "eval/sandbox/idle_clock.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

namespace assay::eval {

TEST_CASE("Sleep is idle; computing and waiting for a core are not", "[sandbox]") {
  IdleClock clock(1);
  clock.sample(10, {.busy_seconds = 5, .asleep = true});
  CHECK(clock.idle_seconds() == 0);
  clock.sample(10.5, {.busy_seconds = 5, .asleep = true});  // slept
  CHECK(clock.idle_seconds() == 0.5);
  clock.sample(11.5, {.busy_seconds = 5.75, .asleep = true});  // busy for three quarters of a second
  CHECK(clock.idle_seconds() == 0.75);
  // Waiting for a core, which the kernel counts only when it is over.
  clock.sample(12.5, {.busy_seconds = 5.75, .asleep = false});
  clock.sample(13.5, {.busy_seconds = 5.75, .asleep = false});
  CHECK(clock.idle_seconds() == 0.75);
  clock.sample(14, {.busy_seconds = 8.0, .asleep = true});
  CHECK(clock.idle_seconds() == 1.0);
  // Two threads are busy at once; then the sampler did not run for long: one interval counts.
  clock.sample(15, {.busy_seconds = 10, .asleep = true});
  CHECK(clock.idle_seconds() == 1.0);
  clock.sample(1000, {.busy_seconds = 10, .asleep = true});
  CHECK(clock.idle_seconds() == 2.0);
}

TEST_CASE("The kernel tells a process's times", "[sandbox]") {
  const auto own = process_times(::getpid(), 1000);
  REQUIRE(own.has_value());
  CHECK_FALSE(own->asleep);  // it is asking
  CHECK(own->threads >= 1);
  CHECK(own->busy_seconds >= own->processor_seconds);
  CHECK_FALSE(process_times(-5, 10).has_value());
  CHECK_FALSE(first_child_of(-5).has_value());
}

}  // namespace assay::eval
