// Llama 1, 2, 3, 3.x and what is published under its model_type: CodeLlama, Yi, DeepSeek-coder, Vicuna,
// InternLM's Llama export.
#include "model/llama_shaped.hpp"

namespace assay::model {
namespace {

constexpr std::string_view model_types[] = {"llama"};
constexpr std::string_view architectures[] = {"LlamaForCausalLM", "LLaMAForCausalLM"};

ArchSpec read_spec(ConfigReader& config) {
  ArchSpec spec = read_llama_shaped(
      config, {.kv_heads = std::nullopt, .head_dim = std::nullopt, .max_positions = 2048, .eos_ids = {2}});
  spec.attention.qkv_bias = spec.attention.out_bias = config.flag_or("attention_bias", false);
  spec.mlp.bias = config.flag_or("mlp_bias", false);
  return spec;
}

}  // namespace

extern const ArchFamily family_llama{"llama",   model_types,        architectures,
                                     read_spec, llama_tensor_names, llama_skipped_suffixes};

}  // namespace assay::model
