// Scratch memory of one rank's forward pass, allocated once. Beside it a step allocates what its plan, its
// results and its messages take, as they travel between ranks (of these the activations sent on to the next
// stage are the largest).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "assay/engine/engine.hpp"
#include "assay/model/sharding.hpp"
#include "assay/ops/logit_stats.hpp"
#include "assay/tensor/tensor.hpp"

namespace assay::engine {

/// Sizes of one rank's part of the forward pass, in elements.
struct StageShape {
  std::int64_t tokens = 0;        ///< of a micro-batch at most
  std::int64_t sequences = 0;     ///< of a micro-batch at most
  std::int64_t table_blocks = 0;  ///< KV blocks of a sequence at most
  std::int64_t hidden = 0;
  std::int64_t heads = 0;  ///< this rank's
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t intermediate = 0;
  bool last_stage = false;
  bool draws = false;  ///< this rank draws tokens
  std::int64_t tp = 1;
  std::int64_t vocab = 0;
  std::int64_t vocab_slice = 0;      ///< this rank's
  std::int64_t vocab_slice_max = 0;  ///< of any rank of the tensor group
  std::int64_t logit_rows = 0;       ///< rows of logits in memory at once; the same on all ranks of the group

  [[nodiscard]] std::int64_t q_width() const { return heads * head_dim; }
  [[nodiscard]] std::int64_t kv_width() const { return kv_heads * head_dim; }
  [[nodiscard]] std::int64_t qkv_width() const { return q_width() + 2 * kv_width(); }
};

/// `options` with all defaults filled in.
[[nodiscard]] StageShape stage_shape(const model::ArchSpec& spec, const model::RankShard& shard,
                                     const EngineOptions& options);

class Workspace {
 public:
  explicit Workspace(const StageShape& shape);
  /// What the constructor allocates.
  [[nodiscard]] static std::int64_t bytes(const StageShape& shape);

  std::span<float> hidden;  ///< [tokens, hidden] the residual stream
  std::span<float>
      branch;  ///< [tokens, hidden] normed input, then output, of attention and MLP; rows for lm_head
  std::span<float> qkv;       ///< [tokens, qkv_width]
  std::span<float> attended;  ///< [tokens, q_width]
  std::span<float> gate_up;   ///< [tokens, 2 * intermediate]
  std::span<float> gated;     ///< [tokens, intermediate]

  std::span<std::int32_t> ids;              ///< [tokens]
  std::span<std::int32_t> positions;        ///< [tokens]
  std::span<std::int64_t> slots;            ///< [tokens]
  std::span<std::int32_t> query_begin;      ///< [sequences + 1]
  std::span<std::int32_t> context_lengths;  ///< [sequences]
  std::span<std::int32_t> block_tables;     ///< [sequences, table_blocks]

  // On the last stage only.
  std::span<float> logits;                 ///< [logit_rows, vocab_slice]
  std::span<std::int32_t> targets;         ///< [tokens]
  std::span<ops::LogitStats> stats;        ///< [tokens]
  std::span<ops::LogitStats> group_stats;  ///< [tp, tokens]
  std::span<float> row_slice;              ///< [vocab_slice_max]
  std::span<float> row_slices;             ///< [tp, vocab_slice_max]
  std::span<float> whole_row;              ///< [vocab]

 private:
  class Arena;
  Workspace() = default;
  void carve(const StageShape& shape, Arena& arena);

  tensor::Buffer memory_;
};

}  // namespace assay::engine
