#include "engine/memory_plan.hpp"

#include <algorithm>
#include <limits>

#include "assay/util/error.hpp"
#include "engine/sampler.hpp"
#include "engine/weights.hpp"
#include "engine/workspace.hpp"

namespace assay::engine {

namespace {

constexpr std::int64_t default_kv_bytes = std::int64_t{1} << 30;

void check_range(const char* name, std::int64_t value, std::int64_t least, std::int64_t most) {
  util::check_input(value >= least && value <= most, "{} is {}; it must be from {} to {}", name, value, least,
                    most);
}

/// KV blocks of a rank, one of which takes `block_bytes`.
std::int64_t blocks_that_fit(std::int64_t block_bytes, const EngineOptions& options) {
  const std::int64_t one_sequence =
      (options.max_length + options.kv_block_tokens - 1) / options.kv_block_tokens;
  const std::int64_t wanted = std::min(tensor::element_count({one_sequence, options.max_sequences}),
                                       std::int64_t{std::numeric_limits<std::int32_t>::max()});
  if (options.kv_cache_bytes == 0)
    return std::min(wanted, std::max(one_sequence, default_kv_bytes / block_bytes));
  const std::int64_t fitting = options.kv_cache_bytes / block_bytes;
  util::check_input(
      fitting >= one_sequence,
      "a KV cache of {} bytes a rank cannot hold one sequence of {} tokens ({} bytes); lower max_length "
      "or give more",
      options.kv_cache_bytes, options.max_length, tensor::element_count({one_sequence, block_bytes}));
  return std::min(wanted, fitting);
}

/// `options` resolved; `dearest_block` the bytes of a block on the replica's deepest stage.
MemoryPlan plan_for(const model::ArchSpec& spec, const model::RankShard& shard, std::int64_t dearest_block,
                    const EngineOptions& options) {
  const StageShape shape = stage_shape(spec, shard, options);
  MemoryPlan plan;
  plan.weight_bytes = StageWeights::bytes(spec, shard, options);
  plan.kv_blocks = blocks_that_fit(dearest_block, options);
  plan.kv_cache_bytes = tensor::element_count({plan.kv_blocks, kv_block_bytes(spec, shard, options)});
  plan.activation_bytes = Workspace::bytes(shape) + (shape.draws ? Sampler::bytes(spec.vocab) : 0);
  return plan;
}

}  // namespace

EngineOptions resolve(const EngineOptions& options, const model::ArchSpec& spec) {
  EngineOptions resolved = options;
  if (resolved.max_length == 0) resolved.max_length = spec.max_positions;
  check_range("max_length", resolved.max_length, 1, std::int64_t{1} << 27);
  check_range("batch_tokens", resolved.batch_tokens, 1, std::int64_t{1} << 20);
  check_range("max_sequences", resolved.max_sequences, 1, std::int64_t{1} << 16);
  check_range("kv_block_tokens", resolved.kv_block_tokens, 1, std::int64_t{1} << 16);
  check_range("kv_cache_bytes", resolved.kv_cache_bytes, 0, std::numeric_limits<std::int64_t>::max());
  check_range("threads", resolved.threads, 1, 4096);
  util::check_input(resolved.dtype == tensor::DType::f32 || resolved.dtype == tensor::DType::bf16,
                    "the model cannot be computed in {}; use float32 or bfloat16",
                    tensor::name_of(resolved.dtype));
  return resolved;
}

void check_supported(const model::ArchSpec& spec) {
  const auto need = [&](bool ok, const char* feature) {
    util::check_input(ok, "models of type {} need {}, which is not supported yet", spec.model_type, feature);
  };
  need(spec.norm == model::NormKind::rms, "LayerNorm");
  need(!spec.parallel_blocks, "parallel attention and MLP blocks");
  need(spec.position != model::PositionKind::alibi, "ALiBi position biases");
  need(spec.position != model::PositionKind::learned, "learned position embeddings");
  need(spec.position == model::PositionKind::rope, "attention without positions");
  need(spec.mlp.gated, "an MLP without a gate");
  need(!spec.moe.has_value(), "mixture-of-experts layers");
  need(!spec.quantisation.has_value(), "quantised weights");
  need(spec.embedding_scale == 1, "scaled embeddings");
  need(spec.final_logit_softcap == 0, "soft-capped logits");
}

std::int64_t kv_block_bytes(const model::ArchSpec& spec, const model::RankShard& shard,
                            const EngineOptions& options) {
  return tensor::element_count({2, shard.layers.size(), shard.kv_heads.size(), options.kv_block_tokens,
                                spec.attention.head_dim, static_cast<std::int64_t>(sizeof(float))});
}

MemoryPlan plan_memory(const model::ArchSpec& spec, const comm::MeshShape& mesh,
                       const comm::MeshCoordinate& where, const EngineOptions& unresolved) {
  const EngineOptions options = resolve(unresolved, spec);
  std::int64_t dearest_block = 0;
  for (int stage = 0; stage < mesh.pp; ++stage) {
    const auto shard = model::shard_of(spec, mesh, {where.tensor_rank, stage, 0}, options.layers_per_stage);
    dearest_block = std::max(dearest_block, kv_block_bytes(spec, shard, options));
  }
  return plan_for(spec, model::shard_of(spec, mesh, where, options.layers_per_stage), dearest_block, options);
}

}  // namespace assay::engine
