#include "kernels/logit_stats.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/cpu/simd/logit_stats.hpp"

namespace assay::kernels::cpu {
namespace {

ops::LogitStats row_stats(const LogitStatsLeaf& leaf, const float* row, std::int64_t n,
                          std::int64_t vocab_begin, std::int64_t target) {
  ops::LogitStats stats;
  if (n == 0) return stats;
  stats.max = leaf.maximum(row, n);
  const bool nan = std::isnan(stats.max);
  const float* first = nan ? std::find_if(row, row + n, [](float x) { return std::isnan(x); })
                           : std::find(row, row + n, stats.max);
  stats.argmax = static_cast<std::int32_t>(vocab_begin + (first - row));
  if (nan || std::isfinite(stats.max)) {
    stats.sum_exp = leaf.sum_exp(row, n, stats.max);
  } else if (stats.max > 0) {
    stats.sum_exp = std::numeric_limits<double>::quiet_NaN();  // inf - inf: no distribution
  }
  if (target >= vocab_begin && target < vocab_begin + n) stats.target_logit = row[target - vocab_begin];
  return stats;
}

}  // namespace

void logit_stats(const tensor::Context& context, std::span<ops::LogitStats> out,
                 tensor::Matrix<const float> logits, std::int64_t vocab_begin,
                 std::span<const std::int32_t> targets) {
  const LogitStatsLeaf& leaf = logit_stats_leaf();
#pragma omp parallel for num_threads(context.threads) if (logits.rows > 1 && \
                                                          logits.rows * logits.cols >= 8192)
  for (std::int64_t i = 0; i < logits.rows; ++i) {
    const auto row = static_cast<std::size_t>(i);
    out[row] = row_stats(leaf, logits.row(i), logits.cols, vocab_begin, targets[row]);
  }
}

}  // namespace assay::kernels::cpu
