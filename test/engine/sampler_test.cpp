#include "engine/sampler.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using assay::engine::Sampler;
using assay::engine::SamplingParams;
using assay::engine::uniform_at;

namespace {

// Probabilities 0.4, 0.3, 0.2, 0.1 of tokens 2, 0, 3, 1, with a temperature of 1.
const std::vector<float> logits = {std::log(0.3F), std::log(0.1F), std::log(0.4F), std::log(0.2F)};

std::vector<double> distribution(const SamplingParams& params, const std::vector<float>& row = logits) {
  Sampler sampler(static_cast<std::int64_t>(row.size()));
  const auto result = sampler.distribution(row, params);
  return {result.begin(), result.end()};
}

void check_close(const std::vector<double>& actual, const std::vector<double>& expected) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) CHECK(actual[i] == Approx(expected[i]).margin(1e-7));
}

}  // namespace

TEST_CASE("Philox4x32-10 gives its published answers") {
  // Known answer for counter 0 and key 0: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
  const std::uint64_t words = (std::uint64_t{0xe169c58d} << 32 | 0x6627e8d5) >> 11;
  CHECK(uniform_at(0, 0) == static_cast<double>(words) * 0x1p-53);
  CHECK(uniform_at(0, 1) != uniform_at(1, 0));
}

TEST_CASE("numbers are uniform and do not repeat over seeds and indices") {
  double sum = 0;
  double squares = 0;
  constexpr int n = 200;
  for (std::uint64_t seed = 0; seed < n; ++seed) {
    for (std::uint64_t index = 0; index < n; ++index) {
      const double u = uniform_at(seed, index);
      REQUIRE(u >= 0);
      REQUIRE(u < 1);
      sum += u;
      squares += u * u;
    }
  }
  // Five standard errors of the mean and of the mean square of 40,000 uniform numbers.
  CHECK(sum / (n * n) == Approx(0.5).margin(5 * std::sqrt(1.0 / 12 / (n * n))));
  CHECK(squares / (n * n) == Approx(1.0 / 3).margin(5 * std::sqrt(4.0 / 45 / (n * n))));
}

TEST_CASE("temperature, top-k and top-p against values worked out by hand") {
  check_close(distribution({1, 0, 1, 0}), {0.3, 0.1, 0.4, 0.2});
  // Temperature 0.5 squares the probabilities: 0.09, 0.01, 0.16, 0.04 of 0.30.
  check_close(distribution({0.5, 0, 1, 0}), {0.3, 0.1 / 3, 1.6 / 3, 0.4 / 3});
  check_close(distribution({1, 2, 1, 0}), {3.0 / 7, 0, 4.0 / 7, 0});
  check_close(distribution({1, 1, 1, 0}), {0, 0, 1, 0});
  check_close(distribution({1, 9, 1, 0}), {0.3, 0.1, 0.4, 0.2});
  // 0.4 alone does not reach 0.5: the token that crosses it stays.
  check_close(distribution({1, 0, 0.5, 0}), {3.0 / 7, 0, 4.0 / 7, 0});
  check_close(distribution({1, 0, 0.8, 0}), {3.0 / 9, 0, 4.0 / 9, 2.0 / 9});
  check_close(distribution({1, 0, 1e-9, 0}), {0, 0, 1, 0});
  // Top-p looks at what top-k left: of 4/7 and 3/7, the first alone reaches 0.5.
  check_close(distribution({1, 2, 0.5, 0}), {0, 0, 1, 0});
  // Top-p looks at the probabilities after temperature: 16/30 reaches 0.5.
  check_close(distribution({0.5, 0, 0.5, 0}), {0, 0, 1, 0});
}

TEST_CASE("ties at the k-th score stay; impossible tokens are never drawn") {
  check_close(distribution({1, 2, 1, 0}, {1, 0, 0, 0}), distribution({1, 0, 1, 0}, {1, 0, 0, 0}));
  constexpr float never = -std::numeric_limits<float>::infinity();
  check_close(distribution({1, 0, 1, 0}, {never, 2, never, 2}), {0, 0.5, 0, 0.5});
  check_close(distribution({1e-3, 0, 1, 0}, {1000, -1000, 3e38F, 0}), {0, 0, 1, 0});
}

TEST_CASE("draws follow the distribution and depend on seed and index alone") {
  Sampler sampler(4);
  std::vector<int> counts(4);
  constexpr int n = 20000;
  for (int i = 0; i < n; ++i) {
    const auto token = sampler.sample(logits, {1, 0, 1, 17}, static_cast<std::uint64_t>(i));
    ++counts.at(static_cast<std::size_t>(token));
  }
  const double p[] = {0.3, 0.1, 0.4, 0.2};
  double chi_square = 0;
  for (std::size_t i = 0; i < 4; ++i) chi_square += std::pow(counts[i] - n * p[i], 2) / (n * p[i]);
  CHECK(chi_square < 16.27);  // 0.1 % point for three degrees of freedom; the seed is fixed

  Sampler other(4);
  (void)other.sample(logits, {1, 3, 0.5, 4}, 5);
  for (std::uint64_t i = 0; i < 50; ++i) {
    CHECK(other.sample(logits, {1, 0, 1, 17}, i) == sampler.sample(logits, {1, 0, 1, 17}, i));
  }
}
