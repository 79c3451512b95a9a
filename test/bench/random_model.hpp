// A Llama-shaped model directory with random bfloat16 weights: right in shape, of no use but for timing.
#pragma once

#include <cstdint>
#include <filesystem>

#include "assay/model/arch_spec.hpp"

namespace assay::bench {

struct ModelSizes {
  std::int64_t hidden = 1024;
  std::int64_t layers = 8;
  std::int64_t heads = 16;
  std::int64_t kv_heads = 4;
  std::int64_t intermediate = 2816;
  std::int64_t vocab = 8192;
};

/// Writes config.json and model.safetensors into `folder`. max_positions: the longest sequence.
void write_random_model(const std::filesystem::path& folder, const ModelSizes& sizes,
                        std::int64_t max_positions);

/// The spec of such a directory, without ends of text: a generation runs to its full length.
[[nodiscard]] model::ArchSpec read_endless_spec(const std::filesystem::path& folder);

/// Weights of the linear layers of one transformer layer: what every token is multiplied with.
[[nodiscard]] std::int64_t layer_linear_weights(const model::ArchSpec& spec);
/// Weights of all layers' products and of lm_head: what one decoding step reads.
[[nodiscard]] std::int64_t step_linear_weights(const model::ArchSpec& spec);

}  // namespace assay::bench
