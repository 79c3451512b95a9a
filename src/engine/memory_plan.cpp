#include "engine/memory_plan.hpp"

#include <algorithm>
#include <limits>

#include "assay/util/error.hpp"
#include "engine/sampler.hpp"
#include "engine/weights.hpp"
#include "engine/workspace.hpp"

namespace assay::engine {

namespace {

/// Communicator::post takes no more.
constexpr std::int64_t most_message_bytes = std::int64_t{1} << 30;

void check_range(const char* name, std::int64_t value, std::int64_t least, std::int64_t most) {
  util::check_input(value >= least && value <= most, "{} is {}; it must be from {} to {}", name, value, least,
                    most);
}

std::int64_t mib(std::int64_t bytes) {
  return (bytes + (1 << 20) - 1) >> 20;
}

/// What a rank holds beside its KV cache.
MemoryPlan fixed_part(const model::ArchSpec& spec, const model::RankShard& shard,
                      const EngineOptions& options) {
  const StageShape shape = stage_shape(spec, shard, options);
  MemoryPlan plan;
  plan.weight_bytes = StageWeights::bytes(spec, shard, options);
  plan.activation_bytes = Workspace::bytes(shape) + (shape.draws ? Sampler::bytes(spec.vocab) : 0);
  return plan;
}

/// KV blocks that one rank has room for, `one_sequence` at least.
std::int64_t blocks_that_fit(const model::ArchSpec& spec, const model::RankShard& shard,
                             std::int64_t one_sequence, const EngineOptions& options) {
  const std::int64_t block_bytes = kv_block_bytes(spec, shard, options);
  const std::int64_t least = tensor::element_count({one_sequence, block_bytes});
  if (options.kv_cache_bytes > 0) {
    util::check_input(
        options.kv_cache_bytes >= least,
        "a KV cache of {} bytes a rank cannot hold one sequence of {} tokens ({} bytes); lower max_length "
        "or give more",
        options.kv_cache_bytes, options.longest_sequence, least);
    return options.kv_cache_bytes / block_bytes;
  }
  if (options.memory_bytes == 0) return std::numeric_limits<std::int64_t>::max();
  const MemoryPlan fixed = fixed_part(spec, shard, options);
  const std::int64_t left = options.memory_bytes - fixed.weight_bytes - fixed.activation_bytes;
  util::check_input(
      left >= least,
      "a rank may take {} MiB of memory but needs {} for weights, {} for activations and {} for the KV cache "
      "of one sequence of {} tokens; use more ranks a replica (--tp, --pp), more nodes, or a smaller "
      "--max-length (--kv-cache-mib decides without asking how much is free)",
      options.memory_bytes >> 20, mib(fixed.weight_bytes), mib(fixed.activation_bytes), mib(least),
      options.longest_sequence);
  return std::max(one_sequence, left / 5 * 4 / block_bytes);
}

/// KV blocks of every rank of a replica: what the sequences to come can use, as far as its dearest stage has
/// room for it.
std::int64_t blocks_of_replica(const model::ArchSpec& spec, const comm::MeshShape& mesh,
                               const EngineOptions& options) {
  const std::int64_t one_sequence =
      (options.longest_sequence + options.kv_block_tokens - 1) / options.kv_block_tokens;
  const std::int64_t sequences = options.wanted_sequences == 0
                                     ? options.max_sequences
                                     : std::min(options.max_sequences, options.wanted_sequences);
  std::int64_t blocks = std::min(tensor::element_count({one_sequence, sequences}),
                                 std::int64_t{std::numeric_limits<std::int32_t>::max()});
  for (int stage = 0; stage < mesh.pp; ++stage) {
    // Of a tensor group, the first rank holds the most: it draws.
    const auto shard = model::shard_of(spec, mesh, {0, stage, 0}, options.layers_per_stage);
    blocks = std::min(blocks, blocks_that_fit(spec, shard, one_sequence, options));
  }
  return blocks;
}

void check_messages(const model::ArchSpec& spec, const comm::MeshShape& mesh, const EngineOptions& options) {
  if (mesh.pp == 1) return;
  const std::int64_t token_bytes = spec.hidden * static_cast<std::int64_t>(sizeof(float));
  const std::int64_t most_tokens = most_message_bytes / token_bytes;
  util::check_input(options.batch_tokens <= most_tokens,
                    "batch_tokens is {}; with {} pipeline stages and hidden size {} it must be at most {} (a "
                    "message between stages holds 1 GiB)",
                    options.batch_tokens, mesh.pp, spec.hidden, most_tokens);
}

}  // namespace

EngineOptions resolve(const EngineOptions& options, const model::ArchSpec& spec) {
  EngineOptions resolved = options;
  if (resolved.max_length == 0) resolved.max_length = spec.max_positions;
  check_range("max_length", resolved.max_length, 1, std::int64_t{1} << 27);
  check_range("longest_sequence", resolved.longest_sequence, 0, std::int64_t{1} << 27);
  check_range("wanted_sequences", resolved.wanted_sequences, 0, std::numeric_limits<std::int64_t>::max());
  check_range("memory_bytes", resolved.memory_bytes, 0, std::numeric_limits<std::int64_t>::max());
  if (resolved.longest_sequence == 0 || resolved.longest_sequence > resolved.max_length)
    resolved.longest_sequence = resolved.max_length;
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
  const auto shard = model::shard_of(spec, mesh, where, options.layers_per_stage);
  check_messages(spec, mesh, options);
  MemoryPlan plan = fixed_part(spec, shard, options);
  plan.kv_blocks = blocks_of_replica(spec, mesh, options);
  plan.kv_cache_bytes = tensor::element_count({plan.kv_blocks, kv_block_bytes(spec, shard, options)});
  return plan;
}

void Demand::add(const Request& request, std::int64_t max_length) {
  for (const Window& window : request.windows) {
    const auto size = static_cast<std::int64_t>(window.tokens.size());
    // The last token of a scored window is never computed.
    const std::int64_t tokens =
        request.kind == RequestKind::generate ? size + std::max(0, request.max_new_tokens) : size - 1;
    // One that is too long claims the whole context, for a refusal that names it.
    longest_sequence = std::max(longest_sequence, std::clamp<std::int64_t>(tokens, 1, max_length));
    ++sequences;
  }
}

}  // namespace assay::engine
