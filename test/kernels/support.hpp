// Test data and comparisons of the kernel tests; free of Catch, so that scripts/gpu_check can use it too.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "assay/tensor/view.hpp"
#include "kernels/tolerance.hpp"

namespace assay::test {

inline constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

/// Deterministic values, about normal with deviation 1 (a sum of four uniforms).
class Values {
 public:
  explicit Values(std::uint32_t seed) : engine_(seed) {}
  float next() {
    double sum = -2;
    for (int i = 0; i < 4; ++i) sum += static_cast<double>(engine_()) / 4294967296.0;
    return static_cast<float>(sum * 1.7320508);
  }
  /// Integer in [0, n).
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint32_t>(n));
  }
  void fill(std::vector<float>& to) {
    for (float& x : to) x = next();
  }
  std::vector<float> vector(std::int64_t n) {
    std::vector<float> result(static_cast<std::size_t>(n));
    fill(result);
    return result;
  }

 private:
  std::mt19937 engine_;
};

/// A matrix in a larger allocation: NaN before it, between its rows and after it.
class Sheet {
 public:
  /// All elements NaN: an output.
  Sheet(std::int64_t rows, std::int64_t cols, std::int64_t padding)
      : rows_(rows),
        cols_(cols),
        stride_(cols + padding),
        data_(static_cast<std::size_t>(guard + rows * (cols + padding) + guard), nan_value) {}
  /// Elements drawn from `values`: an input.
  Sheet(std::int64_t rows, std::int64_t cols, std::int64_t padding, Values& values)
      : Sheet(rows, cols, padding) {
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < cols; ++j) view().row(i)[j] = values.next();
    }
  }
  [[nodiscard]] tensor::Matrix<float> view() { return {data_.data() + guard, rows_, cols_, stride_}; }
  /// The same memory as [rows, heads, cols / heads].
  [[nodiscard]] tensor::Heads<float> heads(std::int64_t heads) {
    return {data_.data() + guard, rows_, heads, cols_ / heads, stride_};
  }
  /// False if anything was written outside the matrix.
  [[nodiscard]] bool surroundings_untouched() const {
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(data_.size()); ++i) {
      const std::int64_t at = i - guard;
      const bool inside = at >= 0 && at < rows_ * stride_ && at % stride_ < cols_;
      if (!inside && !std::isnan(data_[static_cast<std::size_t>(i)])) return false;
    }
    return true;
  }

 private:
  static constexpr std::int64_t guard = 3;  // odd, so that rows are not aligned
  std::int64_t rows_, cols_, stride_;
  std::vector<float> data_;
};

/// "" if every element is within the tolerance, else the first that is not. NaN is never within.
inline std::string difference(tensor::Matrix<const float> actual, tensor::Matrix<const float> expected,
                              Tolerance allowed) {
  for (std::int64_t i = 0; i < expected.rows; ++i) {
    for (std::int64_t j = 0; j < expected.cols; ++j) {
      const double a = actual.row(i)[j];
      const double e = expected.row(i)[j];
      if (a == e) continue;  // infinities too
      if (!(std::abs(a - e) <= allowed.absolute + allowed.relative * std::abs(e))) {
        return "[" + std::to_string(i) + ", " + std::to_string(j) + "] is " + std::to_string(a) +
               ", expected " + std::to_string(e) + ", off by " + std::to_string(std::abs(a - e) * 1e6) +
               "e-6";
      }
    }
  }
  return "";
}

/// True if the rows hold the same bits.
inline bool same_bits(tensor::Matrix<const float> a, tensor::Matrix<const float> b) {
  for (std::int64_t i = 0; i < a.rows; ++i) {
    if (__builtin_memcmp(a.row(i), b.row(i), static_cast<std::size_t>(a.cols) * sizeof(float)) != 0)
      return false;
  }
  return a.rows == b.rows && a.cols == b.cols;
}

/// Sizes about vector, warp and block widths.
inline const std::vector<std::int64_t>& awkward_sizes() {
  static const std::vector<std::int64_t> sizes{1,  2,  15, 16,  17,  31,  32,  33,
                                               63, 64, 65, 127, 128, 129, 255, 257};
  return sizes;
}

}  // namespace assay::test
