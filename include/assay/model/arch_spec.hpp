// What a decoder-only transformer computes, independent of any family's spelling of it. One forward pass
// reads this; a family (src/model/arch/<family>.cpp) only translates config.json into it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "assay/ops/gated_activation.hpp"
#include "assay/ops/rope.hpp"
#include "assay/tensor/dtype.hpp"

namespace assay::model {

enum class NormKind { rms, layer };
enum class PositionKind { rope, alibi, learned, none };
enum class RopeScalingKind { none, linear, dynamic, llama3, yarn, longrope };

/// Scaling of rotary frequencies; the members used depend on `kind` (reference: transformers' rope
/// utilities).
struct RopeScaling {
  RopeScalingKind kind = RopeScalingKind::none;
  double factor = 1;
  double low_freq_factor = 1;   ///< llama3
  double high_freq_factor = 4;  ///< llama3
  std::int64_t original_max_positions = 0;
  double beta_fast = 32;                   ///< yarn
  double beta_slow = 1;                    ///< yarn
  std::optional<double> attention_factor;  ///< yarn, longrope: multiplies cos and sin
  std::optional<double> mscale;            ///< yarn
  std::optional<double> mscale_all_dim;    ///< yarn
  bool truncate = true;                    ///< yarn: floor and ceil the ramp's ends
  std::vector<double> short_factor;        ///< longrope, [rotary_dim / 2]
  std::vector<double> long_factor;         ///< longrope, [rotary_dim / 2]
};

struct RopeSpec {
  double theta = 10000;
  std::int64_t rotary_dim = 0;  ///< rotated leading dimensions of a head; head_dim unless partial
  ops::RopeStyle style = ops::RopeStyle::neox;
  RopeScaling scaling;
};

struct AttentionSpec {
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  double scale = 0;  ///< of q . k; usually head_dim^-1/2
  bool qkv_bias = false;
  bool out_bias = false;
  bool qk_norm = false;      ///< RMSNorm of every q and k head before rope (Qwen3)
  double score_softcap = 0;  ///< 0: none
};

struct MlpSpec {
  std::int64_t intermediate = 0;
  bool gated = true;
  ops::Activation activation = ops::Activation::silu;
  bool bias = false;
};

/// Mixture of experts in place of the MLP; absent for dense models.
struct MoeSpec {
  std::int64_t experts = 0;
  std::int64_t experts_per_token = 0;
  std::int64_t intermediate = 0;
  bool normalise_top_k = false;
};

/// How weights are stored when not in a plain floating-point type; absent for unquantised models.
struct QuantisationSpec {
  std::string method;  ///< config.json's quant_method: "gptq", "awq", "fp8", ...
  int bits = 0;
  int group_size = 0;
};

/// What generation_config.json asks for where a task does not say otherwise, as transformers' generate()
/// takes it. (Its end tokens are ArchSpec::eos_ids.)
struct GenerationDefaults {
  std::optional<double> temperature;  ///< of sampling, as the next two
  std::optional<std::int64_t> top_k;  ///< 0: all tokens
  std::optional<double> top_p;
  double repetition_penalty = 1;    ///< of greedy decoding as well
  std::vector<std::string> unused;  ///< further keys that change what transformers generates: not followed
};

struct ArchSpec {
  std::string family;      ///< "llama", "mistral", "qwen2", "qwen3": the file in src/model/arch
  std::string model_type;  ///< config.json's own word
  std::int64_t layers = 0;
  std::int64_t hidden = 0;
  std::int64_t vocab = 0;          ///< rows of the embedding
  std::int64_t max_positions = 0;  ///< max_position_embeddings
  /// Of the weight matrices, as most of their bytes are stored: by the safetensors headers, or config.json's
  /// word where there are none to read. `--dtype auto` and the memory plan go by it; loading by each tensor.
  tensor::DType checkpoint_dtype = tensor::DType::f32;
  NormKind norm = NormKind::rms;
  double norm_epsilon = 1e-6;
  double norm_weight_offset = 0;  ///< Gemma: 1
  bool parallel_blocks = false;   ///< attention and MLP read the same input (Phi-2, Falcon, GPT-NeoX)
  PositionKind position = PositionKind::rope;
  RopeSpec rope;
  AttentionSpec attention;
  std::vector<std::int64_t> window;  ///< [layers] sliding window in tokens, 0: full attention
  MlpSpec mlp;
  std::optional<MoeSpec> moe;
  std::optional<QuantisationSpec> quantisation;
  bool tie_word_embeddings = false;
  double embedding_scale = 1;         ///< Gemma: sqrt(hidden)
  double final_logit_softcap = 0;     ///< Gemma-2; 0: none
  std::vector<std::int32_t> eos_ids;  ///< generation_config.json over config.json
  GenerationDefaults generation;

  [[nodiscard]] std::int64_t parameter_count() const;
};

/// Reads config.json, generation_config.json and, if they are there, the safetensors headers of a model
/// directory (of these the dtype alone; Checkpoint says what is wrong with them). Throws InputError naming
/// the file and key: an unknown architecture (listing the known), a missing or ill-typed key, a feature not
/// supported.
[[nodiscard]] ArchSpec read_arch_spec(const std::filesystem::path& model_directory);

/// Names of the supported model types, for `list models` and errors.
[[nodiscard]] std::vector<std::string> supported_model_types();

/// Inverse frequencies [rotary_dim / 2] after scaling, and the factor on cos and sin.
/// `positions`: the longest sequence of the run (dynamic and longrope scaling depend on it).
struct RopeFrequencies {
  std::vector<double> inverse;
  double attention_factor = 1;
};
[[nodiscard]] RopeFrequencies rope_frequencies(const RopeSpec& spec, std::int64_t max_positions,
                                               std::int64_t positions);

}  // namespace assay::model
