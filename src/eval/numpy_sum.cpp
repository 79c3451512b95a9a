#include "eval/numpy_sum.hpp"

#include <array>
#include <cstddef>

namespace assay::eval {

double numpy_sum(std::span<const double> values) {
  constexpr std::size_t lanes = 8;
  constexpr std::size_t block = 128;
  if (values.size() > block) {
    const std::size_t half = values.size() / 2 / lanes * lanes;
    return numpy_sum(values.first(half)) + numpy_sum(values.subspan(half));
  }
  double sum = 0;
  std::size_t at = 0;
  if (values.size() >= lanes) {
    std::array<double, lanes> part{};
    for (; at + lanes <= values.size(); at += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) part[lane] += values[at + lane];
    }
    sum = ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
  }
  for (; at < values.size(); ++at) sum += values[at];
  return sum;
}

}  // namespace assay::eval
