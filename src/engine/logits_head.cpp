#include "engine/logits_head.hpp"

#include <algorithm>
#include <cmath>

#include "assay/ops/logit_stats.hpp"
#include "assay/ops/rms_norm.hpp"
#include "assay/util/error.hpp"

namespace assay::engine {

namespace {

/// Combines the slices' statistics in order of rank. They lie `stride` elements apart.
RowResult result_of(const PlanRow& row, const ops::LogitStats* parts, std::int64_t stride, std::int64_t tp) {
  ops::LogitStats all = parts[0];
  bool is_number = !std::isnan(all.max);
  for (std::int64_t rank = 1; rank < tp; ++rank) {
    is_number = is_number && !std::isnan(parts[rank * stride].max);
    all = ops::combine(all, parts[rank * stride]);
  }
  if (!is_number || !std::isfinite(all.max)) return {};
  return {row.target >= 0 ? ops::target_log_probability(all) : 0.0F, all.argmax};
}

bool is_finite_row(std::span<const float> logits) {
  const bool is_number = std::none_of(logits.begin(), logits.end(), [](float x) { return std::isnan(x); });
  return is_number && std::isfinite(*std::max_element(logits.begin(), logits.end()));
}

}  // namespace

LogitsHead::LogitsHead(const tensor::Context& context, const model::ArchSpec& spec,
                       const model::RankShard& shard, const StageShape& shape, const StageWeights& weights,
                       comm::Communicator& tensor_group, PhaseClock& clock)
    : context_(context),
      spec_(spec),
      shard_(shard),
      shape_(shape),
      weights_(weights),
      tensor_group_(tensor_group),
      clock_(clock) {
  if (shape.draws) sampler_.emplace(spec.vocab);
  for (int rank = 0; rank < shard.tp; ++rank) {
    slices_.push_back(model::shard_of(spec, {shard.tp, 1, 1}, {rank, 0, 0}).vocab);
  }
  ASSAY_CHECK(slices_[static_cast<std::size_t>(shard.tensor_rank)] == shard.vocab);
}

void LogitsHead::gather_rows(const StepPlan& plan, Workspace& workspace) const {
  const auto width = static_cast<std::size_t>(shape_.hidden);
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(plan.rows[i].row);
    std::copy_n(workspace.hidden.begin() + static_cast<std::ptrdiff_t>(row * width), width,
                workspace.branch.begin() + static_cast<std::ptrdiff_t>(i * width));
    workspace.targets[i] = plan.rows[i].target;
  }
}

void LogitsHead::penalise(const PlanPenalty& penalty, std::span<float> slice) const {
  const auto begin = static_cast<TokenId>(shard_.vocab.begin);
  auto token = std::lower_bound(penalty.tokens.begin(), penalty.tokens.end(), begin);
  for (; token != penalty.tokens.end() && static_cast<std::size_t>(*token - begin) < slice.size(); ++token) {
    float& logit = slice[static_cast<std::size_t>(*token - begin)];
    logit = logit < 0 ? logit * penalty.factor : logit / penalty.factor;
  }
}

TokenId LogitsHead::draw(std::span<const float> slice, const PlanDraw& how, Workspace& workspace) {
  std::copy(slice.begin(), slice.end(), workspace.row_slice.begin());
  std::fill(workspace.row_slice.begin() + static_cast<std::ptrdiff_t>(slice.size()),
            workspace.row_slice.end(), 0.0F);
  PhaseClock::measure(clock_.communicate, [&] {
    tensor_group_.all_gather(std::as_bytes(workspace.row_slice),
                             std::as_writable_bytes(workspace.row_slices));
  });
  if (!sampler_) return -1;
  for (std::size_t rank = 0; rank < slices_.size(); ++rank) {
    std::copy_n(workspace.row_slices.begin() + static_cast<std::int64_t>(rank) * shape_.vocab_slice_max,
                slices_[rank].size(), workspace.whole_row.begin() + slices_[rank].begin);
  }
  if (!is_finite_row(workspace.whole_row)) return -1;
  return sampler_->sample(workspace.whole_row, how.params, static_cast<std::uint64_t>(how.token_index));
}

std::vector<RowResult> LogitsHead::run(const StepPlan& plan, Workspace& workspace) {
  const auto rows = static_cast<std::int64_t>(plan.rows.size());
  std::vector<RowResult> results(plan.rows.size());
  if (rows == 0) return results;
  gather_rows(plan, workspace);
  const tensor::Matrix<float> selected(workspace.branch.data(), rows, shape_.hidden);
  ops::rms_norm(context_, selected, selected, weights_.final_norm(),
                {static_cast<float>(spec_.norm_epsilon), static_cast<float>(spec_.norm_weight_offset)});

  std::vector<TokenId> drawn(plan.draws.size(), -1);
  for (std::int64_t begin = 0; begin < rows; begin += shape_.logit_rows) {
    const std::int64_t count = std::min(shape_.logit_rows, rows - begin);
    const tensor::Matrix<float> logits(workspace.logits.data(), count, shape_.vocab_slice);
    weights_.lm_head().apply(context_, logits, selected.row_range(begin, count));
    const auto first = static_cast<std::size_t>(begin);
    const auto size = static_cast<std::size_t>(count);
    for (std::size_t i = 0; i < size; ++i) {
      const std::int32_t index = plan.rows[first + i].penalty;
      if (index < 0) continue;
      penalise(plan.penalties[static_cast<std::size_t>(index)],
               {logits.row(static_cast<std::int64_t>(i)), static_cast<std::size_t>(logits.cols)});
    }
    ops::logit_stats(context_, workspace.stats.subspan(first, size), logits, shard_.vocab.begin,
                     std::span<const std::int32_t>(workspace.targets).subspan(first, size));
    for (std::size_t i = 0; i < size; ++i) {
      const std::int32_t index = plan.rows[first + i].draw;
      if (index < 0) continue;
      const std::span slice(logits.row(static_cast<std::int64_t>(i)), static_cast<std::size_t>(logits.cols));
      drawn[static_cast<std::size_t>(index)] =
          draw(slice, plan.draws[static_cast<std::size_t>(index)], workspace);
    }
  }

  const auto group_stats =
      workspace.group_stats.first(plan.rows.size() * static_cast<std::size_t>(shape_.tp));
  PhaseClock::measure(clock_.communicate, [&] {
    tensor_group_.all_gather(std::as_bytes(workspace.stats.first(plan.rows.size())),
                             std::as_writable_bytes(group_stats));
  });
  for (std::size_t i = 0; i < results.size(); ++i) {
    const PlanRow& row = plan.rows[i];
    results[i] = result_of(row, group_stats.data() + i, rows, shape_.tp);
    if (row.draw >= 0 && results[i].token >= 0) results[i].token = drawn[static_cast<std::size_t>(row.draw)];
  }
  return results;
}

}  // namespace assay::engine
