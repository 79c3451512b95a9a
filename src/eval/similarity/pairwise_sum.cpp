#include "eval/similarity/pairwise_sum.hpp"

#include <array>
#include <cstddef>

namespace assay::eval {

double pairwise_sum(std::span<const double> values) {
  constexpr std::size_t lanes = 8;
  constexpr std::size_t block = 128;
  const std::size_t n = values.size();
  if (n < lanes) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
  }
  if (n > block) {
    const std::size_t half = n / 2 - n / 2 % lanes;
    return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
  }
  std::array<double, lanes> sums{};
  for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] = values[lane];
  std::size_t i = lanes;
  for (; i + lanes <= n; i += lanes)
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += values[i + lane];
  double sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  for (; i < n; ++i) sum += values[i];
  return sum;
}

}  // namespace assay::eval
