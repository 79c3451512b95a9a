#include "engine/stage.hpp"

#include <algorithm>
#include <cstring>

#include "assay/ops/embedding.hpp"
#include "assay/util/error.hpp"
#include "engine/memory_plan.hpp"
#include "engine/message_tags.hpp"

namespace assay::engine {

StageCache::StageCache(std::int64_t layers, std::int64_t blocks, std::int64_t kv_heads,
                       std::int64_t block_tokens, std::int64_t head_dim)
    : memory_(static_cast<std::size_t>(
          tensor::element_count({layers, 2, blocks, kv_heads, block_tokens, head_dim, sizeof(float)}))) {
  auto* base = reinterpret_cast<float*>(memory_.data());
  first_ = {base,    base + blocks * kv_heads * block_tokens * head_dim, blocks, kv_heads, block_tokens,
            head_dim};
}

ops::KvCache<float> StageCache::layer(std::size_t index) const {
  ops::KvCache<float> cache = first_;
  const std::ptrdiff_t offset = 2 * (first_.values - first_.keys) * static_cast<std::ptrdiff_t>(index);
  cache.keys += offset;
  cache.values += offset;
  return cache;
}

StageExecutor::StageExecutor(const comm::Mesh& mesh, const model::ArchSpec& spec,
                             const model::Checkpoint& checkpoint, const EngineOptions& options,
                             PhaseClock& clock)
    : mesh_(mesh),
      spec_(spec),
      shard_(model::shard_of(spec, mesh.shape(), mesh.coordinate(), options.layers_per_stage)),
      options_(options),
      clock_(clock),
      context_{.device = {}, .stream = nullptr, .threads = options.threads},
      memory_(plan_memory(spec, mesh.shape(), mesh.coordinate(), options)),
      shape_(stage_shape(spec, shard_, options)),
      weights_(context_, spec, shard_, checkpoint, options),
      cache_(shard_.layers.size(), memory_.kv_blocks, shape_.kv_heads, options.kv_block_tokens,
             shape_.head_dim),
      workspace_(shape_),
      head_(context_, spec_, shard_, shape_, weights_, mesh.tensor_group(), clock) {
  ASSAY_CHECK(memory_.kv_cache_bytes == cache_.bytes());
  memory_.weight_bytes = weights_.bytes();
}

void StageExecutor::check(const StepPlan& plan) const {
  ASSAY_CHECK(plan.token_count() > 0 && plan.token_count() <= shape_.tokens);
  ASSAY_CHECK(static_cast<std::int64_t>(plan.sequences.size()) <= shape_.sequences);
  for (const PlanSequence& sequence : plan.sequences) {
    const auto end = sequence.first_position + static_cast<std::int64_t>(sequence.tokens.size());
    const auto blocks = static_cast<std::int64_t>(sequence.blocks.size());
    ASSAY_CHECK(sequence.first_position >= 0 && end <= options_.max_length);
    ASSAY_CHECK(blocks <= shape_.table_blocks && blocks * options_.kv_block_tokens >= end);
    ASSAY_CHECK(std::all_of(sequence.blocks.begin(), sequence.blocks.end(),
                            [&](BlockId block) { return block >= 0 && block < memory_.kv_blocks; }));
  }
  for (const PlanRow& row : plan.rows) {
    ASSAY_CHECK(row.row >= 0 && row.row < plan.token_count() && row.target < spec_.vocab);
    ASSAY_CHECK(row.draw < static_cast<std::int64_t>(plan.draws.size()));
    ASSAY_CHECK(row.penalty < static_cast<std::int64_t>(plan.penalties.size()));
  }
}

ops::AttentionBatch StageExecutor::lay_out(const StepPlan& plan) {
  const auto sequences = plan.sequences.size();
  std::size_t most_blocks = 0;
  for (const PlanSequence& sequence : plan.sequences)
    most_blocks = std::max(most_blocks, sequence.blocks.size());
  std::size_t token = 0;
  for (std::size_t s = 0; s < sequences; ++s) {
    const PlanSequence& sequence = plan.sequences[s];
    workspace_.query_begin[s] = static_cast<std::int32_t>(token);
    workspace_.context_lengths[s] =
        sequence.first_position + static_cast<std::int32_t>(sequence.tokens.size());
    const auto table = workspace_.block_tables.subspan(s * most_blocks, most_blocks);
    std::fill(std::copy(sequence.blocks.begin(), sequence.blocks.end(), table.begin()), table.end(), 0);
    std::int64_t position = sequence.first_position;
    for (const TokenId id : sequence.tokens) {
      workspace_.ids[token] = id;
      workspace_.positions[token] = static_cast<std::int32_t>(position);
      const auto block = sequence.blocks[static_cast<std::size_t>(position / options_.kv_block_tokens)];
      workspace_.slots[token] = block * options_.kv_block_tokens + position % options_.kv_block_tokens;
      ++token;
      ++position;
    }
  }
  workspace_.query_begin[sequences] = static_cast<std::int32_t>(token);
  return {std::span<const std::int32_t>(workspace_.query_begin).first(sequences + 1),
          std::span<const std::int32_t>(workspace_.context_lengths).first(sequences),
          {workspace_.block_tables.data(), static_cast<std::int64_t>(sequences),
           static_cast<std::int64_t>(most_blocks)}};
}

void StageExecutor::embed() {
  const auto hidden = workspace_.hidden.first(static_cast<std::size_t>(tokens_ * shape_.hidden));
  ops::embedding(context_, {hidden.data(), tokens_, shape_.hidden}, weights_.embedding(),
                 std::span<const std::int32_t>(workspace_.ids).first(static_cast<std::size_t>(tokens_)));
  PhaseClock::measure(clock_.communicate, [&] { mesh_.tensor_group().all_reduce_sum(hidden); });
}

void StageExecutor::receive_hidden() {
  const auto hidden =
      std::as_writable_bytes(workspace_.hidden.first(static_cast<std::size_t>(tokens_ * shape_.hidden)));
  const auto message = PhaseClock::measure(
      clock_.wait, [&] { return mesh_.pipeline_group().receive(mesh_.coordinate().stage - 1, hidden_tag); });
  ASSAY_CHECK(message.bytes.size() == hidden.size());
  std::memcpy(hidden.data(), message.bytes.data(), hidden.size());
}

void StageExecutor::send_hidden() {
  const auto hidden =
      std::as_bytes(workspace_.hidden.first(static_cast<std::size_t>(tokens_ * shape_.hidden)));
  PhaseClock::measure(clock_.communicate, [&] {
    mesh_.pipeline_group().post(mesh_.coordinate().stage + 1, hidden_tag, {hidden.begin(), hidden.end()});
  });
}

std::vector<RowResult> StageExecutor::execute(const StepPlan& plan) {
  check(plan);
  const double others = clock_.communicate + clock_.wait;
  const util::Stopwatch watch;
  tokens_ = plan.token_count();
  const LayerPass pass{context_, spec_,   shape_,       workspace_, weights_.rope(), mesh_.tensor_group(),
                       clock_,   tokens_, lay_out(plan)};
  if (shard_.first_stage) {
    embed();
  } else {
    receive_hidden();
  }
  for (std::size_t i = 0; i < weights_.layers().size(); ++i) {
    forward_layer(pass, weights_.layers()[i], cache_.layer(i));
    // Long messages posted before only move while this rank is inside the library.
    mesh_.replica_group().progress();
    mesh_.pipeline_group().progress();
  }
  std::vector<RowResult> results;
  if (shard_.last_stage) {
    results = head_.run(plan, workspace_);
  } else {
    send_hidden();
  }
  clock_.compute += watch.seconds() - (clock_.communicate + clock_.wait - others);
  return results;
}

}  // namespace assay::engine
