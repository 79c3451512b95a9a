// Qwen2, Qwen2.5 and models distilled into them: Llama with biases on q, k and v.
#include "model/llama_shaped.hpp"

namespace assay::model {
namespace {

constexpr std::string_view model_types[] = {"qwen2"};
constexpr std::string_view architectures[] = {"Qwen2ForCausalLM"};

ArchSpec read_spec(ConfigReader& config) {
  ArchSpec spec = read_llama_shaped(
      config, {.kv_heads = 32, .head_dim = std::nullopt, .max_positions = 32768, .eos_ids = {}});
  spec.attention.qkv_bias = true;
  spec.window = read_qwen_windows(config, spec.layers);
  return spec;
}

}  // namespace

extern const ArchFamily family_qwen2{"qwen2",   model_types,        architectures,
                                     read_spec, llama_tensor_names, llama_skipped_suffixes};

}  // namespace assay::model
