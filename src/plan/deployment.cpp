#include "assay/plan/deployment.hpp"

#include <algorithm>

#include "assay/ops/linear.hpp"
#include "assay/util/error.hpp"

namespace assay::plan {

namespace {

[[noreturn]] void refuse(const comm::MeshShape& shape, int ranks, const model::ArchSpec& spec) {
  constexpr std::size_t most_listed = 8;
  std::vector<std::string> list;
  for (const comm::MeshShape& fitting : comm::meshes_that_fit(ranks, shape)) {
    if (model::can_split(spec, fitting)) list.push_back(comm::to_string(fitting));
  }
  const bool more = list.size() > most_listed;
  if (more) list.resize(most_listed);
  const std::string launch =
      model::can_split(spec, shape) ? fmt::format("launch {0} (mpirun -np {0}) or ", shape.ranks()) : "";
  util::fail_input("the mesh {} needs {} ranks but {} were launched; {}use {}{}", comm::to_string(shape),
                   shape.ranks(), ranks, launch, fmt::join(list, ", "), more ? ", ..." : "");
}

}  // namespace

comm::MeshShape choose_mesh(const MeshRequest& request, int ranks, const model::ArchSpec& spec) {
  util::check_input(request.tp >= 0 && request.pp >= 0 && request.dp >= 0 && ranks >= 1,
                    "--tp, --pp and --dp must be positive");
  comm::MeshShape shape{request.tp, request.pp, request.dp};
  // In 64 bits: what is asked for may be anything.
  const std::int64_t asked =
      std::int64_t{std::max(1, request.tp)} * std::max(1, request.pp) * std::max(1, request.dp);
  util::check_input(request.tp <= 65536 && request.pp <= 65536 && request.dp <= 65536 && asked <= (1 << 20),
                    "a mesh of tp={} pp={} dp={} is beyond any machine; give smaller numbers", request.tp,
                    request.pp, request.dp);
  if (shape.pp == 0) shape.pp = 1;
  if (shape.tp == 0) {
    const int others = shape.pp * std::max(1, shape.dp);
    shape.tp = shape.dp > 0 && ranks % others == 0 ? ranks / others : 1;
  }
  if (shape.dp == 0) shape.dp = std::max(1, ranks / (shape.tp * shape.pp));
  if (shape.ranks() != ranks) refuse(shape, ranks, spec);
  return shape;
}

tensor::DType resolve_dtype(const std::string& name, const model::ArchSpec& spec) {
  if (name == "auto") {
    const bool is_16_bit =
        spec.checkpoint_dtype == tensor::DType::bf16 || spec.checkpoint_dtype == tensor::DType::f16;
    return is_16_bit ? ops::preferred_cpu_dtype() : tensor::DType::f32;
  }
  const auto dtype = tensor::parse_dtype(name);
  util::check_input(dtype == tensor::DType::f32 || dtype == tensor::DType::bf16,
                    "--dtype {} is not supported on CPU ranks; use auto, float32 or bfloat16", name);
  return *dtype;
}

Deployment plan_deployment(const model::ArchSpec& spec, const comm::MeshShape& mesh,
                           const engine::EngineOptions& options) {
  Deployment deployment{mesh, {}};
  for (int rank = 0; rank < mesh.ranks(); ++rank) {
    RankPlan plan;
    plan.rank = rank;
    plan.where = comm::coordinate_of(mesh, rank);
    plan.shard = model::shard_of(spec, mesh, plan.where, options.layers_per_stage);
    plan.memory = engine::plan_memory(spec, mesh, plan.where, options);
    deployment.ranks.push_back(std::move(plan));
  }
  return deployment;
}

std::string to_text(const Deployment& deployment, const model::ArchSpec& spec,
                    const engine::EngineOptions& options) {
  const auto mib = [](std::int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  std::string text = fmt::format(
      "model    {} ({}), {} layers, hidden {}, {} heads, {} KV heads, vocabulary {}, {:.3f} M parameters\n"
      "mesh     {}: {} rank{}\ndtype    {}\n\n",
      spec.family, spec.model_type, spec.layers, spec.hidden, spec.attention.heads, spec.attention.kv_heads,
      spec.vocab, static_cast<double>(spec.parameter_count()) / 1e6, comm::to_string(deployment.mesh),
      deployment.mesh.ranks(), deployment.mesh.ranks() == 1 ? "" : "s", tensor::name_of(options.dtype));
  text += fmt::format("{:>5} {:>8} {:>6} {:>7} {:>10} {:>9} {:>13} {:>13} {:>13} {:>13}\n", "rank", "replica",
                      "stage", "tensor", "layers", "KV heads", "weights MiB", "KV cache MiB", "work MiB",
                      "total MiB");
  for (const RankPlan& plan : deployment.ranks) {
    const auto& memory = plan.memory;
    text += fmt::format("{:>5} {:>8} {:>6} {:>7} {:>10} {:>9} {:>13.2f} {:>13.2f} {:>13.2f} {:>13.2f}\n",
                        plan.rank, plan.where.replica, plan.where.stage, plan.where.tensor_rank,
                        fmt::format("{}-{}", plan.shard.layers.begin, plan.shard.layers.end - 1),
                        plan.shard.kv_heads.size(), mib(memory.weight_bytes), mib(memory.kv_cache_bytes),
                        mib(memory.activation_bytes),
                        mib(memory.weight_bytes + memory.kv_cache_bytes + memory.activation_bytes));
  }
  std::int64_t longest = options.longest_sequence;
  if (longest == 0) longest = options.max_length == 0 ? spec.max_positions : options.max_length;
  const std::int64_t blocks = (longest + options.kv_block_tokens - 1) / options.kv_block_tokens;
  const std::int64_t sequences = deployment.ranks.front().memory.kv_blocks / blocks;
  text += fmt::format(
      "\nThe KV cache is for {} sequence{} of {} tokens at once in a replica. A run takes less where its "
      "requests are\nfewer or shorter, or where less memory is free, but room for one sequence at least.\n",
      sequences, sequences == 1 ? "" : "s", longest);
  return text;
}

}  // namespace assay::plan
