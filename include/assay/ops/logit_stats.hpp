// What scoring needs from a row of logits, computed on one rank's slice of the vocabulary and combined
// across the tensor group, so that no full-vocabulary log-softmax is ever stored.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "assay/tensor/device.hpp"
#include "assay/tensor/view.hpp"

namespace assay::ops {

/// Of one row, over the columns of one rank (or, after combine, of all).
struct LogitStats {
  float max = -std::numeric_limits<float>::infinity();
  double sum_exp = 0;                                            ///< sum of exp(logit - max)
  std::int32_t argmax = -1;                                      ///< vocabulary id of the first maximum
  float target_logit = -std::numeric_limits<float>::infinity();  ///< -inf where the target is another rank's
};

/// logits: [rows, columns] for vocabulary ids vocab_begin + column; targets: [rows] ids, -1 for none;
/// out: [rows]. NaN logits give a NaN max, which the caller reports.
void logit_stats(const tensor::Context& context, std::span<LogitStats> out,
                 tensor::Matrix<const float> logits, std::int64_t vocab_begin,
                 std::span<const std::int32_t> targets);

/// Stats over the union of two column sets; `low` holds the smaller ids, whose argmax wins ties.
[[nodiscard]] LogitStats combine(const LogitStats& low, const LogitStats& high);

/// log softmax of the target: target_logit - max - log(sum_exp).
[[nodiscard]] float target_log_probability(const LogitStats& stats);

}  // namespace assay::ops
