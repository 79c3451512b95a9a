// Qwen3 (dense): Llama with an RMSNorm on every query and key head before rope, and head_dim 128 by default.
#include "model/llama_shaped.hpp"

namespace assay::model {
namespace {

constexpr std::string_view model_types[] = {"qwen3"};
constexpr std::string_view architectures[] = {"Qwen3ForCausalLM"};

ArchSpec read_spec(ConfigReader& config) {
  ArchSpec spec =
      read_llama_shaped(config, {.kv_heads = 32, .head_dim = 128, .max_positions = 32768, .eos_ids = {}});
  spec.attention.qkv_bias = spec.attention.out_bias = config.flag_or("attention_bias", false);
  spec.attention.qk_norm = true;
  spec.window = read_qwen_windows(config, spec.layers);
  return spec;
}

}  // namespace

extern const ArchFamily family_qwen3{"qwen3",   model_types,        architectures,
                                     read_spec, llama_tensor_names, llama_skipped_suffixes};

}  // namespace assay::model
