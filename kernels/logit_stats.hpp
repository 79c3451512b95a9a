// Maximum, log-sum-exp parts and target of logit rows: one signature, one namespace a backend.
// Contract: assay/ops/logit_stats.hpp.
#pragma once

#include "assay/ops/logit_stats.hpp"

namespace assay::kernels {

namespace ref {
void logit_stats(const tensor::Context& context, std::span<ops::LogitStats> out,
                 tensor::Matrix<const float> logits, std::int64_t vocab_begin,
                 std::span<const std::int32_t> targets);
}  // namespace ref

namespace cpu {
void logit_stats(const tensor::Context& context, std::span<ops::LogitStats> out,
                 tensor::Matrix<const float> logits, std::int64_t vocab_begin,
                 std::span<const std::int32_t> targets);
}  // namespace cpu

}  // namespace assay::kernels
