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
#include "assay/util/clock.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

using namespace assay::util;

TEST_CASE("the process's age grows with the clock and began before the test") {
  const double before = process_age_seconds();
  REQUIRE(before >= 0);
  const Stopwatch watch;
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  const double passed = watch.seconds();
  CHECK(process_age_seconds() - before >= passed - 0.011);  // one tick of resolution
}
