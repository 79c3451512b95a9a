// Mistral 7B, Nemo and Small: Llama with a sliding window on every layer (null since v0.2) and, in Nemo, a
// head_dim of its own.
#include "model/llama_shaped.hpp"

namespace assay::model {
namespace {

constexpr std::string_view model_types[] = {"mistral"};
constexpr std::string_view architectures[] = {"MistralForCausalLM"};

ArchSpec read_spec(ConfigReader& config) {
  ArchSpec spec = read_llama_shaped(
      config, {.kv_heads = 8, .head_dim = std::nullopt, .max_positions = 131072, .eos_ids = {2}});
  const auto window = config.has("sliding_window") ? config.optional_integer("sliding_window", window_bounds)
                                                   : std::optional<std::int64_t>(4096);
  // The reference applies one window to every layer whatever layer_types says; a config that mixes them means
  // a model it would run wrongly.
  const char* expected = window ? "sliding_attention" : "full_attention";
  for (const auto& type : config.texts("layer_types", 10'000)) {
    if (type != expected)
      config.fail("layer_types", "mixes kinds of attention, which is not supported for mistral");
  }
  spec.window.assign(spec.window.size(), window.value_or(0));
  return spec;
}

}  // namespace

extern const ArchFamily family_mistral{"mistral", model_types,        architectures,
                                       read_spec, llama_tensor_names, llama_skipped_suffixes};

}  // namespace assay::model
