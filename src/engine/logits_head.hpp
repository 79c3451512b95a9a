// The end of the last stage: final norm, lm_head and statistics on the rows that need logits, combined over
// the tensor group, whose ranks hold slices of the vocabulary.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "assay/comm/communicator.hpp"
#include "assay/model/arch_spec.hpp"
#include "assay/tensor/device.hpp"
#include "engine/phase_clock.hpp"
#include "engine/sampler.hpp"
#include "engine/step_plan.hpp"
#include "engine/weights.hpp"
#include "engine/workspace.hpp"

namespace assay::engine {

class LogitsHead {
 public:
  /// All references must outlive this.
  LogitsHead(const tensor::Context& context, const model::ArchSpec& spec, const model::RankShard& shard,
             const StageShape& shape, const StageWeights& weights, comm::Communicator& tensor_group,
             PhaseClock& clock);

  /// One result for each row of the plan, from workspace.hidden; overwrites workspace.branch. Collective over
  /// the tensor group. Tokens are drawn on tensor rank 0 alone: elsewhere such rows hold the argmax.
  [[nodiscard]] std::vector<RowResult> run(const StepPlan& plan, Workspace& workspace);

 private:
  /// Applies a repetition penalty to this rank's logits of one row.
  void penalise(const PlanPenalty& penalty, std::span<float> slice) const;
  void gather_rows(const StepPlan& plan, Workspace& workspace) const;
  /// Collective: the token drawn for a row whose slice of logits this is (-1 where no token is drawn, or the
  /// logits are not finite).
  [[nodiscard]] TokenId draw(std::span<const float> slice, const PlanDraw& how, Workspace& workspace);

  const tensor::Context& context_;
  const model::ArchSpec& spec_;
  const model::RankShard& shard_;
  const StageShape& shape_;
  const StageWeights& weights_;
  comm::Communicator& tensor_group_;
  PhaseClock& clock_;
  std::vector<model::Range> slices_;  // of the vocabulary, by tensor rank
  std::optional<Sampler> sampler_;    // on the rank that draws
};

}  // namespace assay::engine
