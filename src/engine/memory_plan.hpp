// Options with their defaults filled in, and what the model's forward pass cannot do yet.
#pragma once

#include <cstdint>

#include "assay/engine/engine.hpp"

namespace assay::engine {

/// Fills in defaults (longest_sequence is max_length at most) and checks ranges; throws InputError.
[[nodiscard]] EngineOptions resolve(const EngineOptions& options, const model::ArchSpec& spec);

/// Throws InputError naming the first feature of `spec` that the forward pass lacks.
void check_supported(const model::ArchSpec& spec);

/// Bytes of keys and values of one block on a rank.
[[nodiscard]] std::int64_t kv_block_bytes(const model::ArchSpec& spec, const model::RankShard& shard,
                                          const EngineOptions& options);

}  // namespace assay::engine
