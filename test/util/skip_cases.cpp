// Hidden cases that support_test has run by a program of their own.
#include "support/skip.hpp"

#include <catch2/catch.hpp>

TEST_CASE("skips for support_test", "[.][skipping]") {
  assay::test::skip("it is told to");
}

TEST_CASE("runs for support_test", "[.][running]") {
  CHECK(true);
}

TEST_CASE("fails for support_test", "[.][failing]") {
  CHECK(false);
}
