#include "assay/util/clock.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace assay::util;

TEST_CASE("time only moves on, at the rate of seconds") {
  const Stopwatch watch;
  const double before = now_seconds();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double slept = now_seconds() - before;
  CHECK(slept >= 0.02);
  CHECK(watch.seconds() >= slept);
}
