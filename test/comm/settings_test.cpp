#include "comm/settings.hpp"

#include <catch2/catch.hpp>

#include "assay/util/error.hpp"

using assay::comm::parse_timeout;

TEST_CASE("the deadline comes from the environment, or is five minutes") {
  CHECK(parse_timeout(nullptr) == 300);
  CHECK(parse_timeout("") == 300);
  CHECK(parse_timeout("12.5") == 12.5);
  for (const char* text : {"0", "-1", "5s", "nan", "inf", "soon", "1e999"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_timeout(text), assay::util::InputError);
  }
}
