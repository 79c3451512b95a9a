// What the families built like Llama share: RMSNorm before attention and before a gated MLP, rotary
// positions, grouped-query attention (reference: transformers' models/llama), and the keys of config.json for
// it.
#pragma once

#include <optional>

#include "model/arch_family.hpp"

namespace assay::model {

/// Values transformers' configuration class gives to absent keys. Sizes have none here: a checkpoint without
/// them is broken, not default.
struct LlamaDefaults {
  std::optional<std::int64_t> kv_heads;  ///< none: as many as heads
  std::optional<std::int64_t> head_dim;  ///< none: hidden / heads
  std::int64_t max_positions = 2048;
  std::vector<std::int32_t> eos_ids;
};

/// Reads all keys but those of biases and windows; window is all 0 (full attention).
[[nodiscard]] ArchSpec read_llama_shaped(ConfigReader& config, const LlamaDefaults& defaults);

/// Window of every layer from use_sliding_window, sliding_window, max_window_layers and layer_types (Qwen).
[[nodiscard]] std::vector<std::int64_t> read_qwen_windows(ConfigReader& config, std::int64_t layers);

inline constexpr IntegerBounds window_bounds{1, std::int64_t{1} << 31};

/// Names of the Hugging Face checkpoints of all these families.
inline constexpr TensorNames llama_tensor_names{
    .embedding = "model.embed_tokens",
    .final_norm = "model.norm",
    .lm_head = "lm_head",
    .attention_norm = "model.layers.{}.input_layernorm",
    .mlp_norm = "model.layers.{}.post_attention_layernorm",
    .q = "model.layers.{}.self_attn.q_proj",
    .k = "model.layers.{}.self_attn.k_proj",
    .v = "model.layers.{}.self_attn.v_proj",
    .attention_out = "model.layers.{}.self_attn.o_proj",
    .q_norm = "model.layers.{}.self_attn.q_norm",
    .k_norm = "model.layers.{}.self_attn.k_norm",
    .gate = "model.layers.{}.mlp.gate_proj",
    .up = "model.layers.{}.mlp.up_proj",
    .down = "model.layers.{}.mlp.down_proj",
};

/// Rotary buffers that old exporters saved.
inline constexpr std::string_view llama_skipped_suffixes[] = {
    ".rotary_emb.inv_freq", ".rotary_emb.cos_cached", ".rotary_emb.sin_cached"};

}  // namespace assay::model
