#include "engine/workspace.hpp"

#include <algorithm>
#include <new>

#include "assay/util/error.hpp"

namespace assay::engine {

namespace {

/// Logits of long prompts are computed this many bytes at a time.
constexpr std::int64_t logit_bytes = std::int64_t{32} << 20;
constexpr std::size_t alignment = 64;

}  // namespace

StageShape stage_shape(const model::ArchSpec& spec, const model::RankShard& shard,
                       const EngineOptions& options) {
  StageShape shape;
  shape.tokens = options.batch_tokens;
  shape.sequences = std::min(options.max_sequences, options.batch_tokens);
  shape.table_blocks = (options.longest_sequence + options.kv_block_tokens - 1) / options.kv_block_tokens;
  shape.hidden = spec.hidden;
  shape.heads = shard.heads.size();
  shape.kv_heads = shard.kv_heads.size();
  shape.head_dim = spec.attention.head_dim;
  shape.intermediate = shard.intermediate.size();
  shape.last_stage = shard.last_stage;
  shape.draws = shard.last_stage && shard.tensor_rank == 0;
  shape.tp = shard.tp;
  shape.vocab = spec.vocab;
  shape.vocab_slice = shard.vocab.size();
  shape.vocab_slice_max = (spec.vocab + shard.tp - 1) / shard.tp;
  ASSAY_CHECK(shape.vocab_slice <= shape.vocab_slice_max);
  const auto fitting = logit_bytes / (shape.vocab_slice_max * static_cast<std::int64_t>(sizeof(float)));
  shape.logit_rows = std::clamp<std::int64_t>(fitting, 1, shape.tokens);
  return shape;
}

/// Hands out aligned pieces of memory; without memory it only counts.
class Workspace::Arena {
 public:
  explicit Arena(std::byte* base) : base_(base) {}
  template <class T>
  void take(std::span<T>& piece, const tensor::Shape& shape) {
    // element_count() refuses products that overflow.
    const auto count = static_cast<std::size_t>(tensor::element_count(shape));
    if (base_ != nullptr) piece = {new (base_ + used_) T[count], count};
    used_ += (count * sizeof(T) + alignment - 1) / alignment * alignment;
  }
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::byte* base_;
  std::size_t used_ = 0;
};

void Workspace::carve(const StageShape& shape, Arena& arena) {
  arena.take(hidden, {shape.tokens, shape.hidden});
  arena.take(branch, {shape.tokens, shape.hidden});
  arena.take(qkv, {shape.tokens, shape.qkv_width()});
  arena.take(attended, {shape.tokens, shape.q_width()});
  arena.take(gate_up, {shape.tokens, 2, shape.intermediate});
  arena.take(gated, {shape.tokens, shape.intermediate});
  arena.take(ids, {shape.tokens});
  arena.take(positions, {shape.tokens});
  arena.take(slots, {shape.tokens});
  arena.take(query_begin, {shape.sequences + 1});
  arena.take(context_lengths, {shape.sequences});
  arena.take(block_tables, {shape.sequences, shape.table_blocks});
  if (!shape.last_stage) return;
  arena.take(logits, {shape.logit_rows, shape.vocab_slice});
  arena.take(targets, {shape.tokens});
  arena.take(stats, {shape.tokens});
  arena.take(group_stats, {shape.tp, shape.tokens});
  arena.take(row_slice, {shape.vocab_slice_max});
  arena.take(row_slices, {shape.tp, shape.vocab_slice_max});
  arena.take(whole_row, {shape.vocab});
}

std::int64_t Workspace::bytes(const StageShape& shape) {
  Workspace counted;
  Arena arena(nullptr);
  counted.carve(shape, arena);
  return static_cast<std::int64_t>(arena.used());
}

Workspace::Workspace(const StageShape& shape) : memory_(static_cast<std::size_t>(bytes(shape))) {
  Arena arena(memory_.data());
  carve(shape, arena);
}

}  // namespace assay::engine
