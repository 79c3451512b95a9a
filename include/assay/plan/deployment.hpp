// How a model is laid out over ranks: mesh, dtype, and what every rank will hold. Computed from an ArchSpec
// alone; nothing is loaded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/comm/mesh.hpp"
#include "assay/engine/engine.hpp"
#include "assay/model/arch_spec.hpp"
#include "assay/model/sharding.hpp"

namespace assay::plan {

/// What the user asked for; 0 leaves a dimension to us.
struct MeshRequest {
  int tp = 0;
  int pp = 0;
  int dp = 0;
};

/// The mesh for `ranks` ranks: what was asked for, the rest filled in: an unnamed dp takes the ranks that are
/// left, an unnamed tp and pp are 1, and where only dp is named the remaining ranks go to tp. Throws
/// InputError if the product cannot be `ranks`, listing meshes of so many ranks that this model can be split
/// into.
[[nodiscard]] comm::MeshShape choose_mesh(const MeshRequest& request, int ranks, const model::ArchSpec& spec);

/// "auto", "float32", "bfloat16" -> the dtype to compute in. auto: bfloat16 where the checkpoint is 16-bit
/// and this CPU multiplies bf16 fast, else float32. Throws InputError for a name not known or not computable.
[[nodiscard]] tensor::DType resolve_dtype(const std::string& name, const model::ArchSpec& spec);

struct RankPlan {
  int rank = 0;
  comm::MeshCoordinate where;
  model::RankShard shard;
  engine::MemoryPlan memory;
};

struct Deployment {
  comm::MeshShape mesh;
  std::vector<RankPlan> ranks;
};

/// Throws InputError if the model cannot be split like this.
[[nodiscard]] Deployment plan_deployment(const model::ArchSpec& spec, const comm::MeshShape& mesh,
                                         const engine::EngineOptions& options);

/// A table of the deployment for people, sizes in MiB.
[[nodiscard]] std::string to_text(const Deployment& deployment, const model::ArchSpec& spec,
                                  const engine::EngineOptions& options);

}  // namespace assay::plan
