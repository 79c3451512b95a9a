// What every rank of a campaign knows before anything is loaded, and what its answers depend on.
#pragma once

#include <string>

#include "assay/campaign/config.hpp"
#include "assay/comm/communicator.hpp"
#include "assay/comm/mesh.hpp"
#include "assay/engine/engine.hpp"
#include "assay/model/arch_spec.hpp"

namespace assay::campaign {

inline constexpr const char* numerics = "fast";  // see CONTRIBUTING.md, "Numerics"

struct Launch {
  model::ArchSpec spec;
  comm::MeshShape shape;
  engine::EngineOptions options;
};

/// Throws InputError for what cannot be computed or split like this.
[[nodiscard]] Launch plan_launch(const CampaignConfig& config, int ranks, int threads);

/// Refuses ranks that compute with different instruction sets: answers would depend on who gave them, by
/// their last bits, and `--dtype auto` might mean different things. Collective.
void check_same_kernels(comm::Communicator& world);

/// Everything that a recorded answer depends on beside its own request, as the text of a JSON object.
[[nodiscard]] std::string journal_identity(const Launch& launch, const std::string& model_fingerprint,
                                           const std::string& tokenizer_fingerprint);

}  // namespace assay::campaign
