#include "campaign/launch.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "assay/comm/agreement.hpp"
#include "assay/ops/linear.hpp"
#include "assay/plan/deployment.hpp"
#include "assay/util/error.hpp"

namespace assay::campaign {

Launch plan_launch(const CampaignConfig& config, int ranks, int threads) {
  Launch launch;
  std::error_code ignored;
  util::check_input(std::filesystem::is_directory(config.model, ignored), "model directory {} does not exist",
                    config.model.string());
  launch.spec = model::read_arch_spec(config.model);
  launch.shape = plan::choose_mesh(config.mesh, ranks, launch.spec);
  launch.options = engine_options(config, launch.spec, threads);
  // Refuses what cannot be split or is out of range; how large the KV cache must be is known once the
  // requests are.
  engine::EngineOptions least = launch.options;
  least.longest_sequence = 1;
  (void)plan::plan_deployment(launch.spec, launch.shape, least);
  return launch;
}

void check_same_kernels(comm::Communicator& world) {
  std::string mine;
  comm::on_every_rank(world, [&] { mine = ops::cpu_isa_name(); });  // refuses a bad ASSAY_CPU_ISA
  const auto bytes = std::as_bytes(std::span(mine));
  const auto broadcast = world.broadcast_message({bytes.begin(), bytes.end()}, 0);
  const std::string first(reinterpret_cast<const char*>(broadcast.data()), broadcast.size());
  comm::on_every_rank(world, [&] {
    util::check_input(mine == first,
                      "{} instructions here and {} on rank 0 give different last bits; set ASSAY_CPU_ISA to "
                      "the lesser of the "
                      "two for all ranks, or start on equal nodes",
                      mine, first);
  });
}

std::string journal_identity(const Launch& launch, const std::string& model_fingerprint,
                             const std::string& tokenizer_fingerprint) {
  util::OrderedJson identity;
  identity["model"] = model_fingerprint;
  identity["tokenizer"] = tokenizer_fingerprint;
  identity["dtype"] = tensor::name_of(launch.options.dtype);
  identity["max_length"] = launch.options.max_length;
  identity["eos_ids"] = launch.spec.eos_ids;
  identity["numerics"] = numerics;
  identity["cpu_isa"] = ops::cpu_isa_name();
  return identity.dump();
}

}  // namespace assay::campaign
