#include "kernels/logit_stats.hpp"

#include <cmath>

namespace assay::kernels::ref {

void logit_stats(const tensor::Context& /*context*/, std::span<ops::LogitStats> out,
                 tensor::Matrix<const float> logits, std::int64_t vocab_begin,
                 std::span<const std::int32_t> targets) {
  for (std::int64_t i = 0; i < logits.rows; ++i) {
    const float* row = logits.row(i);
    ops::LogitStats stats;
    for (std::int64_t j = 0; j < logits.cols; ++j) {
      // The first column stands until something greater comes; a NaN stands for good.
      if (j == 0 || row[j] > stats.max || (std::isnan(row[j]) && !std::isnan(stats.max))) {
        stats.max = row[j];
        stats.argmax = static_cast<std::int32_t>(vocab_begin + j);
      }
    }
    for (std::int64_t j = 0; j < logits.cols; ++j) {
      if (row[j] > -std::numeric_limits<float>::infinity() || std::isnan(row[j])) {
        stats.sum_exp += std::exp(static_cast<double>(row[j]) - stats.max);
      }
    }
    const std::int64_t target = targets[static_cast<std::size_t>(i)];
    if (target >= vocab_begin && target < vocab_begin + logits.cols) {
      stats.target_logit = row[target - vocab_begin];
    }
    out[static_cast<std::size_t>(i)] = stats;
  }
}

}  // namespace assay::kernels::ref
