// The bodies of the RMS normalisation's tests, for any backend: CPU, the SIMT emulator, a GPU.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/rms_norm.hpp"
#include "kernels/support.hpp"

namespace assay::test {

struct RmsNormCase {
  std::int64_t rows;
  std::int64_t cols;
  std::int64_t x_padding;
  std::int64_t out_padding;
  float epsilon;
  float offset;
  float scale;  ///< of the inputs
};

inline std::vector<RmsNormCase> rms_norm_cases() {
  std::vector<RmsNormCase> cases{{0, 16, 0, 0, 1e-6F, 0, 1},
                                 {2, 4096, 0, 0, 1e-5F, 0, 1},
                                 {3, 64, 0, 0, 1e-6F, 1, 1e-4F},
                                 {3, 64, 5, 7, 1e-6F, 1, 1e4F}};
  for (const std::int64_t n : awkward_sizes()) {
    cases.push_back({3, n, 1, 2, 1e-6F, 0, 1});
    cases.push_back({1, n, 0, 0, 1e-5F, 1, 3});
  }
  return cases;
}

/// Runs `kernel(out, x, weight, params)` on host memory against ref; "" or what is wrong. `round` makes
/// inputs representable in the backend's type.
template <class Kernel, class Round>
std::string check_rms_norm(const RmsNormCase& c, Kernel&& kernel, Tolerance allowed, Round&& round) {
  Values values(static_cast<std::uint32_t>(c.rows * 1000 + c.cols));
  Sheet x(c.rows, c.cols, c.x_padding, values);
  std::vector<float> weight = values.vector(c.cols);
  for (float& w : weight) w = round(w);
  for (std::int64_t i = 0; i < c.rows; ++i) {
    for (std::int64_t j = 0; j < c.cols; ++j) x.view().row(i)[j] = round(x.view().row(i)[j] * c.scale);
  }
  const ops::RmsNormParams params{c.epsilon, c.offset};
  Sheet expected(c.rows, c.cols, 0);
  kernels::ref::rms_norm({}, expected.view(), x.view(), weight, params);
  Sheet out(c.rows, c.cols, c.out_padding);
  kernel(out.view(), tensor::Matrix<const float>(x.view()), std::span<const float>(weight), params);
  const std::string where = "rms_norm [" + std::to_string(c.rows) + ", " + std::to_string(c.cols) + "]: ";
  if (!out.surroundings_untouched()) return where + "wrote outside its output";
  const std::string wrong = difference(out.view(), expected.view(), allowed);
  return wrong.empty() ? "" : where + wrong;
}

inline float keep(float x) {
  return x;
}

}  // namespace assay::test
