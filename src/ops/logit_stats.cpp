#include "assay/ops/logit_stats.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/logit_stats.hpp"
#include "ops/dispatch.hpp"

namespace assay::ops {

void logit_stats(const tensor::Context& context, std::span<LogitStats> out,
                 tensor::Matrix<const float> logits, std::int64_t vocab_begin,
                 std::span<const std::int32_t> targets) {
  check_context(context);
  check_view(logits);
  ASSAY_CHECK(static_cast<std::int64_t>(out.size()) == logits.rows && targets.size() == out.size());
  ASSAY_CHECK(vocab_begin >= 0 && vocab_begin + logits.cols <= std::numeric_limits<std::int32_t>::max());
  switch (context.device.kind) {
    case tensor::DeviceKind::cpu:
      return kernels::cpu::logit_stats(context, out, logits, vocab_begin, targets);
    case tensor::DeviceKind::cuda:
      no_cuda_kernel("logit_stats");
  }
}

LogitStats combine(const LogitStats& low, const LogitStats& high) {
  if (std::isnan(low.max) || high.argmax < 0) {
    LogitStats result = low;
    result.target_logit = std::max(low.target_logit, high.target_logit);
    return result;
  }
  const bool high_wins = std::isnan(high.max) || high.max > low.max || low.argmax < 0;
  LogitStats result = high_wins ? high : low;
  result.target_logit = std::max(low.target_logit, high.target_logit);
  // Where both are -inf there is nothing to rescale.
  const auto share = [&](const LogitStats& part) {
    if (part.sum_exp == 0) return 0.0;
    return part.sum_exp * std::exp(static_cast<double>(part.max) - static_cast<double>(result.max));
  };
  result.sum_exp = share(low) + share(high);
  return result;
}

float target_log_probability(const LogitStats& stats) {
  return static_cast<float>(static_cast<double>(stats.target_logit) - static_cast<double>(stats.max) -
                            std::log(stats.sum_exp));
}

}  // namespace assay::ops
