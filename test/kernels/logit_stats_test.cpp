#include <catch2/catch.hpp>
#include <cmath>

#include "kernels/cpu/simd/logit_stats.hpp"
#include "kernels/logit_stats.hpp"
#include "kernels/support.hpp"

using namespace assay;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

using Kernel = decltype(&kernels::ref::logit_stats);

ops::LogitStats stats_of(Kernel kernel, const std::vector<float>& row, std::int64_t begin,
                         std::int32_t target) {
  std::vector<ops::LogitStats> out(1);
  const std::vector<std::int32_t> targets{target};
  kernel({}, out, {row.data(), 1, static_cast<std::int64_t>(row.size())}, begin, targets);
  return out[0];
}

double log_probability(const ops::LogitStats& s) {
  return static_cast<double>(s.target_logit) - s.max - std::log(s.sum_exp);
}

}  // namespace

TEST_CASE("logit_stats on values done by hand") {
  for (const Kernel kernel : {&kernels::ref::logit_stats, &kernels::cpu::logit_stats}) {
    // exp(0) + exp(-ln 2) + exp(0) = 2.5; the first of two maxima wins.
    const ops::LogitStats s = stats_of(kernel, {2, 2 - std::log(2.0F), 2}, 100, 101);
    CHECK(s.max == 2);
    CHECK(s.argmax == 100);
    CHECK(s.sum_exp == Approx(2.5).epsilon(1e-7));
    CHECK(s.target_logit == 2 - std::log(2.0F));
    // A target of another rank, and none.
    CHECK(stats_of(kernel, {1, 2}, 100, 102).target_logit == -infinity);
    CHECK(stats_of(kernel, {1, 2}, 0, -1).target_logit == -infinity);
    CHECK(stats_of(kernel, {1, 2}, 1, 0).target_logit == -infinity);
    // No columns at all: the neutral element of combine().
    CHECK(stats_of(kernel, {}, 5, 5).argmax == -1);
    CHECK(stats_of(kernel, {}, 5, 5).sum_exp == 0);
  }
}

TEST_CASE("logit_stats of values that are not finite") {
  for (const Kernel kernel : {&kernels::ref::logit_stats, &kernels::cpu::logit_stats}) {
    std::vector<float> row(37, 0.0F);
    row[5] = -infinity;  // a masked token
    row[36] = 1;
    ops::LogitStats s = stats_of(kernel, row, 0, 5);
    CHECK(s.max == 1);
    CHECK(s.argmax == 36);
    CHECK(s.sum_exp == Approx(1 + 35 * std::exp(-1.0)).epsilon(1e-7));
    CHECK(log_probability(s) == -infinity);
    row[20] = test::nan_value;
    s = stats_of(kernel, row, 0, 0);
    CHECK(std::isnan(s.max));
    CHECK(s.argmax == 20);
    CHECK(std::isnan(log_probability(s)));
    s = stats_of(kernel, std::vector<float>(20, -infinity), 7, 8);
    CHECK(s.max == -infinity);
    CHECK(s.argmax == 7);
    CHECK(s.sum_exp == 0);
    s = stats_of(kernel, {1, infinity, 2}, 0, 0);
    CHECK(s.max == infinity);
    CHECK(s.argmax == 1);
    CHECK(std::isnan(s.sum_exp));
  }
}

TEST_CASE("cpu logit_stats is ref's at awkward sizes") {
  tensor::Context context;
  context.threads = 2;
  test::Values values(6);
  std::vector<std::int64_t> sizes = test::awkward_sizes();
  sizes.push_back(50257);
  for (const std::int64_t n : sizes) {
    for (const float spread : {1.0F, 10.0F, 60.0F}) {
      test::Sheet logits(3, n, 1, values);
      for (std::int64_t i = 0; i < 3; ++i) {
        for (std::int64_t j = 0; j < n; ++j) logits.view().row(i)[j] *= spread;
      }
      std::vector<std::int32_t> targets;
      for (int i = 0; i < 3; ++i) targets.push_back(static_cast<std::int32_t>(values.below(n)));
      std::vector<ops::LogitStats> expected(3), out(3);
      kernels::ref::logit_stats({}, expected, logits.view(), 0, targets);
      kernels::cpu::logit_stats(context, out, logits.view(), 0, targets);
      for (std::size_t i = 0; i < 3; ++i) {
        CHECK(out[i].max == expected[i].max);
        CHECK(out[i].argmax == expected[i].argmax);
        CHECK(out[i].target_logit == expected[i].target_logit);
        const test::Tolerance t = test::tolerance(test::OpClass::log_probability);
        const double wanted = log_probability(expected[i]);
        CHECK(std::abs(log_probability(out[i]) - wanted) <= t.absolute + t.relative * std::abs(wanted));
      }
    }
  }
}

TEST_CASE(
    "exp is within two units in the last place, and logit_stats has the same bits with AVX2 and AVX-512") {
  const kernels::cpu::LogitStatsLeaf& leaf = kernels::cpu::logit_stats_leaf();
  const bool both = kernels::cpu::machine_isa() >= kernels::cpu::Isa::avx512;
  if (!both) WARN("AVX-512 not compared: this machine has none");
  for (double x = -103; x <= 0; x += 0.0137) {
    const auto value = static_cast<float>(x);
    const double expected = std::exp(static_cast<double>(value));
    const double allowed = std::max(expected * 2.4e-7, 1.5e-45);  // below 1.2e-38 steps are absolute
    CHECK(std::abs(leaf.sum_exp(&value, 1, 0) - expected) <= allowed);
    if (both) {
      CHECK(kernels::cpu::avx2::logit_stats_leaf.sum_exp(&value, 1, 0.25F) ==
            kernels::cpu::avx512::logit_stats_leaf.sum_exp(&value, 1, 0.25F));
    }
  }
}
