// One rank's part of the model: its weights, its share of the KV cache, and the execution of plans.
#pragma once

#include <vector>

#include "assay/comm/mesh.hpp"
#include "assay/engine/engine.hpp"
#include "assay/ops/attention.hpp"
#include "engine/layer_forward.hpp"
#include "engine/logits_head.hpp"
#include "engine/phase_clock.hpp"
#include "engine/step_plan.hpp"
#include "engine/weights.hpp"
#include "engine/workspace.hpp"

namespace assay::engine {

/// Keys and values of a stage's layers, in one piece of memory.
class StageCache {
 public:
  StageCache(std::int64_t layers, std::int64_t blocks, std::int64_t kv_heads, std::int64_t block_tokens,
             std::int64_t head_dim);
  [[nodiscard]] ops::KvCache<float> layer(std::size_t index) const;
  [[nodiscard]] std::int64_t bytes() const { return static_cast<std::int64_t>(memory_.size()); }

 private:
  ops::KvCache<float> first_;
  tensor::Buffer memory_;
};

class StageExecutor {
 public:
  /// Loads and packs the weights; not collective. `options` with defaults filled in; `mesh` and `clock` must
  /// outlive this.
  StageExecutor(const comm::Mesh& mesh, const model::ArchSpec& spec, const model::Checkpoint& checkpoint,
                const EngineOptions& options, PhaseClock& clock);
  StageExecutor(const StageExecutor&) = delete;
  StageExecutor& operator=(const StageExecutor&) = delete;

  /// Computes this rank's part of a micro-batch. All ranks of the replica must execute the same plans in the
  /// same order. Activations go to the next stage without waiting. The results are those of the last stage's
  /// tensor rank 0; elsewhere they are without meaning.
  [[nodiscard]] std::vector<RowResult> execute(const StepPlan& plan);

  /// What is allocated.
  [[nodiscard]] const MemoryPlan& memory() const { return memory_; }

 private:
  void check(const StepPlan& plan) const;
  [[nodiscard]] ops::AttentionBatch lay_out(const StepPlan& plan);
  void embed();
  void receive_hidden();
  void send_hidden();

  const comm::Mesh& mesh_;
  model::ArchSpec spec_;
  model::RankShard shard_;
  EngineOptions options_;
  PhaseClock& clock_;
  tensor::Context context_;
  MemoryPlan memory_;
  StageShape shape_;
  StageWeights weights_;
  StageCache cache_;
  Workspace workspace_;
  LogitsHead head_;
  std::int64_t tokens_ = 0;  // of the micro-batch in work
};

}  // namespace assay::engine
