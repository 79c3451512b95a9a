#include "assay/model/arch_spec.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "model/arch_family.hpp"
#include "model/checkpoint_files.hpp"
#include "model/printable.hpp"

namespace assay::model {
namespace {

constexpr util::JsonLimits config_limits{.max_bytes = std::size_t{4} << 20, .max_depth = 32};

bool contains(std::span<const std::string_view> list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// The family of `word` in one of the families' lists, or nullptr.
const ArchFamily* find_family(std::span<const std::string_view> ArchFamily::*list, std::string_view word) {
  for (const ArchFamily* family : families()) {
    if (contains(family->*list, word)) return family;
  }
  return nullptr;
}

std::string all_words(std::span<const std::string_view> ArchFamily::*list) {
  std::vector<std::string_view> words;
  for (const ArchFamily* family : families())
    words.insert(words.end(), (family->*list).begin(), (family->*list).end());
  std::sort(words.begin(), words.end());
  return fmt::format("{}", fmt::join(words, ", "));
}

// model_type and architectures must each name a supported family, and the same one; either may be absent. An
// unknown architecture of a known type (a classifier, a bare encoder) is not a language model.
const ArchFamily& select_family(ConfigReader& config) {
  const auto architectures = config.texts("architectures", 16);
  const auto model_type = config.optional_text("model_type");
  if (architectures.empty() && !model_type) config.fail("model_type", "is missing, and so is architectures");
  const ArchFamily* family = nullptr;
  if (model_type) {
    family = find_family(&ArchFamily::model_types, *model_type);
    if (family == nullptr) {
      config.fail("model_type", fmt::format("is \"{}\", which is not supported; supported are {}",
                                            printable(*model_type), all_words(&ArchFamily::model_types)));
    }
  }
  for (const auto& name : architectures) {
    const ArchFamily* named = find_family(&ArchFamily::architectures, name);
    if (named != nullptr && (family == nullptr || family == named)) return *named;
  }
  if (architectures.empty()) return *family;
  config.fail("architectures", fmt::format("names {}, which is not supported{}; supported are {}",
                                           printable(architectures.front()),
                                           model_type ? " for model_type " + *model_type : std::string(),
                                           all_words(&ArchFamily::architectures)));
}

// A key that changes what a model computes, and the value at which it changes nothing (besides null and
// false).
struct Hazard {
  std::string_view key;
  double neutral;
};

// Keys of other families and of quantisation. A family reads those that it supports; found unread and not
// neutral, the model would silently be computed wrongly.
constexpr Hazard hazards[] = {
    {"quantization_config", 0},
    {"quantization", 0},
    {"compression_config", 0},
    {"num_experts", 0},
    {"num_local_experts", 0},
    {"n_routed_experts", 0},
    {"moe_intermediate_size", 0},
    {"partial_rotary_factor", 1},
    {"rotary_pct", 1},
    {"attn_logit_softcapping", 0},
    {"final_logit_softcapping", 0},
    {"query_pre_attn_scalar", 0},
    {"hidden_activation", 0},
    {"clip_qkv", 0},
    {"alibi", 0},
    {"bias", 0},
    {"parallel_attn", 0},
    {"use_parallel_residual", 0},
    {"use_qk_norm", 0},
    {"qk_layernorm", 0},
    {"no_rope_layers", 0},
    {"embedding_multiplier", 1},
    {"residual_multiplier", 1},
    {"attention_multiplier", 0},
    {"logits_scaling", 1},
    {"scale_emb", 1},
    {"scale_depth", 1},
    {"rotary_scaling_factor", 1},
    {"use_mrope", 0},
    {"word_embed_proj_dim", 0},
    {"num_nextn_predict_layers", 0},
    {"attention_chunk_size", 0},
};

bool is_neutral(const util::Json& value, double neutral) {
  if (value.is_null() || (value.is_structured() && value.empty())) return true;
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_number()) return value.get<double>() == neutral;
  return false;
}

void refuse_unsupported(const ConfigReader& config, const std::string& family) {
  const auto unread = config.unread();
  for (const auto& key : unread) {
    const auto hazard =
        std::find_if(std::begin(hazards), std::end(hazards), [&](const Hazard& h) { return h.key == key; });
    if (hazard == std::end(hazards) || is_neutral(config.value()[key], hazard->neutral)) continue;
    if (key.starts_with("quantization") || key == "compression_config") {
      config.fail(
          key,
          "is set, but quantised weights are not supported; use the float32, bfloat16 or float16 checkpoint");
    }
    config.fail(key, fmt::format("is set, but the {} family does not support it", family));
  }
  util::log_debug("{}: keys without effect: {}", config.source(), fmt::join(unread, ", "));
}

// Keys of generation_config.json that change which tokens transformers generates, and the value at which they
// change nothing (besides null, false and what is empty).
constexpr Hazard generation_hazards[] = {
    {"begin_suppress_tokens", 0},
    {"bad_words_ids", 0},
    {"diversity_penalty", 0},
    {"dola_layers", 0},
    {"encoder_no_repeat_ngram_size", 0},
    {"encoder_repetition_penalty", 1},
    {"epsilon_cutoff", 0},
    {"eta_cutoff", 0},
    {"exponential_decay_length_penalty", 0},
    {"force_words_ids", 0},
    {"forced_bos_token_id", -1},
    {"forced_decoder_ids", 0},
    {"forced_eos_token_id", -1},
    {"guidance_scale", 1},
    {"max_new_tokens", 0},
    {"min_length", 0},
    {"min_new_tokens", 0},
    {"min_p", 0},
    {"no_repeat_ngram_size", 0},
    {"num_beams", 1},
    {"num_beam_groups", 1},
    {"penalty_alpha", 0},
    {"remove_invalid_values", 0},
    {"sequence_bias", 0},
    {"stop_strings", 0},
    {"suppress_tokens", 0},
    {"top_h", 1},
    {"typical_p", 1},
    {"watermarking_config", 0},
};

GenerationDefaults read_generation_defaults(ConfigReader& reader) {
  GenerationDefaults defaults;
  // The file is optional, and most campaigns generate nothing: a value that cannot be is one more not
  // followed.
  const auto usable = [&](const char* key, const auto& read) {
    try {
      return read();
    } catch (const util::InputError&) {
      defaults.unused.emplace_back(key);
      return decltype(read())();
    }
  };
  defaults.temperature =
      usable("temperature", [&] { return reader.optional_number("temperature", {.min = 0, .max = 1e6}); });
  defaults.top_k =
      usable("top_k", [&] { return reader.optional_integer("top_k", {.min = 0, .max = INT32_MAX}); });
  defaults.top_p = usable("top_p", [&] { return reader.optional_number("top_p", {.min = 0, .max = 1}); });
  defaults.repetition_penalty =
      usable("repetition_penalty", [&] {
        return reader.optional_number("repetition_penalty", {.min = 1e-6, .max = 1e6});
      }).value_or(1);
  for (const auto& [key, neutral] : generation_hazards) {
    const auto found = reader.value().find(key);
    if (found != reader.value().end() && !is_neutral(*found, neutral)) defaults.unused.emplace_back(key);
  }
  return defaults;
}

}  // namespace

const ArchFamily& family_of(const ArchSpec& spec) {
  for (const ArchFamily* family : families()) {
    if (family->name == spec.family) return *family;
  }
  util::fail_internal("no architecture family is called {}", spec.family);
}

std::vector<std::string> supported_model_types() {
  std::vector<std::string> result;
  for (const ArchFamily* family : families())
    result.insert(result.end(), family->model_types.begin(), family->model_types.end());
  std::sort(result.begin(), result.end());
  return result;
}

ArchSpec parse_arch_spec(const util::Json& config, const util::Json* generation, const std::string& source) {
  ConfigReader reader(config, source);
  const ArchFamily& family = select_family(reader);
  ArchSpec spec = family.read_spec(reader);
  spec.family = family.name;
  spec.model_type = reader.optional_text("model_type").value_or(std::string(family.model_types.front()));
  refuse_unsupported(reader, spec.family);
  if (generation != nullptr) {
    ConfigReader override_reader(*generation, "generation_config.json");
    spec.generation = read_generation_defaults(override_reader);
    auto ids = override_reader.token_ids("eos_token_id");
    if (!ids.empty()) spec.eos_ids = std::move(ids);
  }
  return spec;
}

ArchSpec read_arch_spec(const std::filesystem::path& model_directory) {
  const auto path = model_directory / "config.json";
  std::error_code ignored;
  util::check_input(
      std::filesystem::is_directory(model_directory, ignored),
      "model directory {} does not exist or is not a directory; give a Hugging Face model directory",
      model_directory.string());
  util::check_input(std::filesystem::exists(path, ignored),
                    "{} has no config.json; give a Hugging Face model directory", model_directory.string());
  const util::Json config = util::read_json_file(path, config_limits);
  const auto generation_path = model_directory / "generation_config.json";
  util::Json generation;
  const bool has_generation = std::filesystem::exists(generation_path, ignored);
  if (has_generation) generation = util::read_json_file(generation_path, config_limits);
  ArchSpec spec = parse_arch_spec(config, has_generation ? &generation : nullptr, path.string());
  spec.checkpoint_dtype = stored_dtype(model_directory).value_or(spec.checkpoint_dtype);
  return spec;
}

std::int64_t ArchSpec::parameter_count() const {
  const std::int64_t q = attention.heads * attention.head_dim;
  const std::int64_t kv = attention.kv_heads * attention.head_dim;
  const std::int64_t norm_size = norm == NormKind::layer ? 2 * hidden : hidden;
  const std::int64_t up_parts = mlp.gated ? 2 : 1;
  std::int64_t layer =
      2 * norm_size + hidden * (q + 2 * kv) + q * hidden + (up_parts + 1) * hidden * mlp.intermediate;
  if (attention.qkv_bias) layer += q + 2 * kv;
  if (attention.out_bias) layer += hidden;
  if (attention.qk_norm) layer += 2 * attention.head_dim;
  if (mlp.bias) layer += up_parts * mlp.intermediate + hidden;
  return vocab * hidden * (tie_word_embeddings ? 1 : 2) + layers * layer + norm_size;
}

}  // namespace assay::model
