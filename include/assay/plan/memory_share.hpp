// How much memory a rank may take, and what the work to come makes of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "assay/comm/communicator.hpp"
#include "assay/engine/engine.hpp"

namespace assay::plan {

/// Bytes that processes here may still take before one must go: the kernel's estimate (MemAvailable of
/// /proc/meminfo), or less where a control group (version 1 or 2, as SLURM and containers use them) limits
/// this process. 0 if nothing is left, nullopt if not known. `root` holds /proc and /sys; another one is for
/// tests.
[[nodiscard]] std::optional<std::int64_t> free_host_memory(const std::filesystem::path& root = "/");

/// Sets what `options` say of the requests to come (`demand`, rank 0's) and of memory: every rank's share of
/// what is free on its host, the least of those ranks that know. Collective over `world`.
void fit_to_work(engine::EngineOptions& options, const engine::Demand& demand, comm::Communicator& world);

}  // namespace assay::plan
