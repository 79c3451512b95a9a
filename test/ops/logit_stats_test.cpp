#include "assay/ops/logit_stats.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace assay;
using ops::LogitStats;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

LogitStats stats_of(const std::vector<float>& logits, std::int64_t begin, std::int64_t count,
                    std::int32_t target) {
  std::vector<LogitStats> out(1);
  const std::vector<std::int32_t> targets{target};
  ops::logit_stats({}, out, {logits.data() + begin, 1, count}, begin, targets);
  return out[0];
}

}  // namespace

TEST_CASE("combine of two column ranges is the statistics of both") {
  const std::vector<float> logits{1, 3, -2, 3, 0.5F, 2, -7, 1};
  const LogitStats whole = stats_of(logits, 0, 8, 5);
  for (std::int64_t cut = 0; cut <= 8; ++cut) {
    const LogitStats both = ops::combine(stats_of(logits, 0, cut, 5), stats_of(logits, cut, 8 - cut, 5));
    CHECK(both.max == 3);
    CHECK(both.argmax == 1);  // the smaller id of the two maxima
    CHECK(both.target_logit == 2);
    CHECK(both.sum_exp == Approx(whole.sum_exp).epsilon(1e-7));
    CHECK(ops::target_log_probability(both) == Approx(ops::target_log_probability(whole)).epsilon(1e-7));
  }
}

TEST_CASE("combine of maxima in either half takes that half's argmax") {
  CHECK(ops::combine({1, 1, 4, -infinity}, {2, 1, 9, -infinity}).argmax == 9);
  CHECK(ops::combine({2, 1, 4, -infinity}, {1, 1, 9, -infinity}).argmax == 4);
  CHECK(ops::combine({1, 1, 4, -infinity}, {2, 1, 9, -infinity}).sum_exp == Approx(1 + std::exp(-1.0)));
}

TEST_CASE("combine with masked, empty and broken parts") {
  const LogitStats masked{-infinity, 0, 3, -infinity};
  const LogitStats empty;
  const LogitStats usual{2, 1.5, 9, 2};
  const LogitStats broken{std::nanf(""), std::nan(""), 11, 0};
  for (const LogitStats& other : {masked, empty}) {
    CHECK(ops::combine(other, usual).sum_exp == 1.5);
    CHECK(ops::combine(other, usual).argmax == 9);
    CHECK(ops::combine(usual, other).sum_exp == 1.5);
    CHECK(ops::combine(usual, other).argmax == 9);
    CHECK(ops::combine(usual, other).target_logit == 2);
  }
  CHECK(ops::combine(masked, masked).sum_exp == 0);
  CHECK(ops::combine(masked, empty).argmax == 3);
  CHECK(ops::combine(empty, masked).argmax == 3);
  for (const LogitStats& result : {ops::combine(broken, usual), ops::combine(usual, broken)}) {
    CHECK(std::isnan(result.max));
    CHECK(result.argmax == 11);
    CHECK(std::isnan(ops::target_log_probability(result)));
  }
}

TEST_CASE("target_log_probability of a uniform row") {
  const std::vector<float> logits(1000, 7.0F);
  CHECK(ops::target_log_probability(stats_of(logits, 0, 1000, 123)) ==
        Approx(-std::log(1000.0)).epsilon(1e-7));
}
