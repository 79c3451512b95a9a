#include "assay/model/sharding.hpp"

#include <algorithm>
#include <numeric>

#include "assay/util/error.hpp"

namespace assay::model {
namespace {

// Boundaries of tp = 2 are among those of tp = 4, and so on, so that a finer split refines a coarser one.
Range slice(std::int64_t size, int parts, int index) {
  return {size * index / parts, size * (index + 1) / parts};
}

bool tp_fits(const ArchSpec& spec, std::int64_t tp) {
  const AttentionSpec& attention = spec.attention;
  const bool kv_fits = attention.kv_heads % tp == 0 || tp % attention.kv_heads == 0;
  return attention.heads % tp == 0 && kv_fits && tp <= spec.vocab && tp <= spec.mlp.intermediate;
}

std::vector<std::int64_t> fitting_tp(const ArchSpec& spec) {
  std::vector<std::int64_t> result;
  for (std::int64_t tp = 1; tp <= spec.attention.heads; ++tp) {
    if (tp_fits(spec, tp)) result.push_back(tp);
  }
  return result;
}

void check_tp(const ArchSpec& spec, int tp) {
  util::check_input(tp >= 1, "tp={} is not possible; it must be at least 1", tp);
  if (tp_fits(spec, tp)) return;
  const auto fitting = fmt::format("{}", fmt::join(fitting_tp(spec), ", "));
  const AttentionSpec& attention = spec.attention;
  util::check_input(attention.heads % tp == 0,
                    "tp={} does not divide the model's {} attention heads; use a tp of {}", tp,
                    attention.heads, fitting);
  util::check_input(attention.kv_heads % tp == 0 || tp % attention.kv_heads == 0,
                    "tp={} neither divides nor is a multiple of the model's {} KV heads; use a tp of {}", tp,
                    attention.kv_heads, fitting);
  util::check_input(tp <= spec.vocab, "tp={} exceeds the model's vocabulary of {}; use a tp of {}", tp,
                    spec.vocab, fitting);
  util::fail_input("tp={} exceeds the model's intermediate size of {}; use a tp of {}", tp,
                   spec.mlp.intermediate, fitting);
}

Range kv_range(const AttentionSpec& attention, int tp, int tensor_rank) {
  if (attention.kv_heads >= tp) return slice(attention.kv_heads, tp, tensor_rank);
  const std::int64_t sharers = tp / attention.kv_heads;  // ranks that hold the same KV head
  return {tensor_rank / sharers, tensor_rank / sharers + 1};
}

}  // namespace

bool can_split(const ArchSpec& spec, const comm::MeshShape& mesh) {
  return tp_fits(spec, mesh.tp) && mesh.pp <= spec.layers;
}

std::vector<Range> split_layers(std::int64_t layers, int pp,
                                const std::vector<std::int64_t>& layers_per_stage) {
  util::check_input(pp >= 1, "pp={} is not possible; it must be at least 1", pp);
  util::check_input(pp <= layers, "pp={} exceeds the model's {} layers; use a pp from 1 to {}", pp, layers,
                    layers);
  std::vector<std::int64_t> counts = layers_per_stage;
  if (counts.empty()) {
    for (int stage = 0; stage < pp; ++stage) counts.push_back(layers / pp + (stage < layers % pp ? 1 : 0));
  }
  util::check_input(counts.size() == static_cast<std::size_t>(pp),
                    "layers per stage lists {} stages, but pp={}; give {} numbers", counts.size(), pp, pp);
  std::int64_t left = layers;
  for (const std::int64_t count : counts) {
    // Subtracting step by step cannot overflow, unlike a sum.
    util::check_input(count >= 1 && count <= left,
                      "layers per stage {} do not sum to the model's {} layers, each at least 1",
                      fmt::join(counts, ","), layers);
    left -= count;
  }
  util::check_input(left == 0, "layers per stage {} do not sum to the model's {} layers",
                    fmt::join(counts, ","), layers);
  std::vector<Range> stages;
  std::int64_t begin = 0;
  for (const std::int64_t count : counts) {
    stages.push_back({begin, begin + count});
    begin += count;
  }
  return stages;
}

RankShard shard_of(const ArchSpec& spec, const comm::MeshShape& mesh, const comm::MeshCoordinate& where,
                   const std::vector<std::int64_t>& layers_per_stage) {
  check_tp(spec, mesh.tp);
  const auto stages = split_layers(spec.layers, mesh.pp, layers_per_stage);
  ASSAY_CHECK(where.tensor_rank >= 0 && where.tensor_rank < mesh.tp);
  ASSAY_CHECK(where.stage >= 0 && where.stage < mesh.pp);
  return {.tensor_rank = where.tensor_rank,
          .tp = mesh.tp,
          .first_stage = where.stage == 0,
          .last_stage = where.stage == mesh.pp - 1,
          .layers = stages[static_cast<std::size_t>(where.stage)],
          .heads = slice(spec.attention.heads, mesh.tp, where.tensor_rank),
          .kv_heads = kv_range(spec.attention, mesh.tp, where.tensor_rank),
          .intermediate = slice(spec.mlp.intermediate, mesh.tp, where.tensor_rank),
          .vocab = slice(spec.vocab, mesh.tp, where.tensor_rank)};
}

}  // namespace assay::model
