#include "model/llama_shaped.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "assay/util/error.hpp"
#include "model/printable.hpp"
#include "model/rope_config.hpp"

namespace assay::model {
namespace {

ops::Activation read_activation(ConfigReader& config) {
  const std::string name = config.optional_text("hidden_act").value_or("silu");
  if (name == "silu" || name == "swish") return ops::Activation::silu;
  if (name == "gelu") return ops::Activation::gelu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh") return ops::Activation::gelu_tanh;
  if (name == "relu") return ops::Activation::relu;
  config.fail("hidden_act",
              fmt::format("is \"{}\", which is not supported; supported are silu, gelu, gelu_new, "
                          "gelu_pytorch_tanh, relu",
                          printable(name)));
}

tensor::DType read_dtype(ConfigReader& config) {
  const auto older = config.optional_text("torch_dtype");
  const auto newer = config.optional_text("dtype");
  const auto name = newer ? newer : older;
  // The tensors' own dtype takes its place where they can be read, so an unknown word here is not an error.
  return name ? tensor::parse_dtype(*name).value_or(tensor::DType::f32) : tensor::DType::f32;
}

AttentionSpec read_attention(ConfigReader& config, const LlamaDefaults& defaults, std::int64_t hidden) {
  constexpr IntegerBounds heads_bounds{1, 1 << 16};
  AttentionSpec attention;
  attention.heads = config.integer("num_attention_heads", heads_bounds);
  // null means "as many as heads" even where the class has a default of its own.
  const std::int64_t absent_kv =
      config.has("num_key_value_heads") ? attention.heads : defaults.kv_heads.value_or(attention.heads);
  attention.kv_heads = config.optional_integer("num_key_value_heads", heads_bounds).value_or(absent_kv);
  if (attention.heads % attention.kv_heads != 0) {
    config.fail("num_attention_heads", fmt::format("is {}, which num_key_value_heads ({}) does not divide",
                                                   attention.heads, attention.kv_heads));
  }
  const auto head_dim = config.optional_integer("head_dim", {2, 1 << 14});
  if (!head_dim && !defaults.head_dim && hidden % attention.heads != 0) {
    config.fail("hidden_size",
                fmt::format("is {}, which num_attention_heads ({}) does not divide, and there is no "
                            "head_dim",
                            hidden, attention.heads));
  }
  attention.head_dim = head_dim.value_or(defaults.head_dim.value_or(hidden / attention.heads));
  if (attention.head_dim % 2 != 0) {
    config.fail("head_dim", fmt::format("is {}; rotary positions need an even number", attention.head_dim));
  }
  attention.scale = 1 / std::sqrt(static_cast<double>(attention.head_dim));
  return attention;
}

}  // namespace

ArchSpec read_llama_shaped(ConfigReader& config, const LlamaDefaults& defaults) {
  ArchSpec spec;
  spec.layers = config.integer("num_hidden_layers", {1, 10'000});
  spec.hidden = config.integer("hidden_size", {1, 1 << 20});
  spec.vocab = config.integer("vocab_size", {1, 1 << 28});
  spec.max_positions = config.optional_integer("max_position_embeddings", {1, std::int64_t{1} << 31})
                           .value_or(defaults.max_positions);
  spec.checkpoint_dtype = read_dtype(config);
  spec.norm = NormKind::rms;
  spec.norm_epsilon = config.optional_number("rms_norm_eps", {1e-30, 1}).value_or(1e-6);
  spec.attention = read_attention(config, defaults, spec.hidden);
  spec.rope = read_rope(config, spec.attention.head_dim, spec.max_positions);
  spec.window.assign(static_cast<std::size_t>(spec.layers), 0);
  spec.mlp.intermediate = config.integer("intermediate_size", {1, 1 << 24});
  spec.mlp.gated = true;
  spec.mlp.activation = read_activation(config);
  spec.tie_word_embeddings = config.flag_or("tie_word_embeddings", false);
  spec.eos_ids = config.has("eos_token_id") ? config.token_ids("eos_token_id") : defaults.eos_ids;
  return spec;
}

std::vector<std::int64_t> read_qwen_windows(ConfigReader& config, std::int64_t layers) {
  const bool use = config.flag_or("use_sliding_window", false);
  const auto given = config.has("sliding_window")
                         ? config.optional_integer("sliding_window", {0, window_bounds.max})
                         : std::optional<std::int64_t>(4096);
  const auto first = config.optional_integer("max_window_layers", {0, 1 << 20}).value_or(28);
  const auto types = config.texts("layer_types", 10'000);
  const std::int64_t window = use ? given.value_or(0) : 0;
  if (use && given == 0) config.fail("sliding_window", "is 0; it must be null or at least 1");
  std::vector<std::int64_t> windows(static_cast<std::size_t>(layers), 0);
  if (types.empty()) {
    for (std::int64_t i = first; i < layers; ++i) windows[static_cast<std::size_t>(i)] = window;
    return windows;
  }
  if (types.size() != windows.size()) {
    config.fail("layer_types",
                fmt::format("lists {} layers, but num_hidden_layers is {}", types.size(), layers));
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i] == "full_attention") continue;
    if (types[i] != "sliding_attention") {
      config.fail("layer_types",
                  fmt::format("holds \"{}\"; supported are full_attention and sliding_attention",
                              printable(types[i])));
    }
    if (window == 0)
      config.fail("layer_types", "has sliding layers, but use_sliding_window is off or sliding_window null");
    windows[i] = window;
  }
  return windows;
}

}  // namespace assay::model
