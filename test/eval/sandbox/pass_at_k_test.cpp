#include "eval/sandbox/pass_at_k.hpp"

#include <catch2/catch.hpp>

#include "assay/util/error.hpp"

namespace assay::eval {

TEST_CASE("pass@k by hand", "[pass_at_k]") {
  CHECK(pass_at_k(1, 0, 1) == 0);
  CHECK(pass_at_k(1, 1, 1) == 1);
  CHECK(pass_at_k(4, 1, 1) == Approx(0.25).epsilon(1e-15));
  // Two of four passed, two are drawn: only one of the six pairs holds neither.
  CHECK(pass_at_k(4, 2, 2) == Approx(5.0 / 6.0).epsilon(1e-15));
  CHECK(pass_at_k(5, 3, 3) == 1);  // two failed, so every three hold one that passed
  CHECK(pass_at_k(10, 0, 10) == 0);
  CHECK_THROWS_AS(pass_at_k(4, 1, 5), util::InputError);
  CHECK_THROWS_AS(pass_at_k(4, 5, 1), util::InputError);
  CHECK_THROWS_AS(pass_at_k(4, 1, 0), util::InputError);
}

}  // namespace assay::eval
