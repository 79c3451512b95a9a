#include "bench/random_model.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/tensor/tensor.hpp"
#include "assay/util/error.hpp"
#include "model/arch_family.hpp"
#include "model/expected_tensors.hpp"

namespace assay::bench {
namespace {

nlohmann::json config_of(const ModelSizes& sizes, std::int64_t max_positions) {
  return {{"architectures", {"LlamaForCausalLM"}},
          {"model_type", "llama"},
          {"hidden_size", sizes.hidden},
          {"intermediate_size", sizes.intermediate},
          {"num_hidden_layers", sizes.layers},
          {"num_attention_heads", sizes.heads},
          {"num_key_value_heads", sizes.kv_heads},
          {"vocab_size", sizes.vocab},
          {"max_position_embeddings", max_positions},
          {"rms_norm_eps", 1e-5},
          {"tie_word_embeddings", false},
          {"torch_dtype", "bfloat16"}};
}

/// Uniform numbers of mean 0: a linear congruential generator is random enough for timing.
class Noise {
 public:
  tensor::BFloat16 next(float scale) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    const auto drawn = static_cast<std::int32_t>(state_ >> 32);
    return tensor::to_bfloat16(static_cast<float>(drawn) * (scale / 2147483648.0F));
  }

 private:
  std::uint64_t state_ = 20240229;
};

/// Weights of variance 1 / inputs keep the activations near 1 in every layer; norms are 1.
void write_values(std::ofstream& file, const tensor::Shape& shape, Noise& noise) {
  constexpr std::int64_t stretch = 1 << 16;
  std::vector<tensor::BFloat16> values;
  const std::int64_t count = tensor::element_count(shape);
  const float scale = std::sqrt(3.0F / static_cast<float>(shape.back()));
  for (std::int64_t begin = 0; begin < count; begin += stretch) {
    values.resize(static_cast<std::size_t>(std::min(stretch, count - begin)));
    for (auto& value : values) value = shape.size() == 1 ? tensor::to_bfloat16(1) : noise.next(scale);
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(values[0])));
  }
}

}  // namespace

void write_random_model(const std::filesystem::path& folder, const ModelSizes& sizes,
                        std::int64_t max_positions) {
  const nlohmann::json config = config_of(sizes, max_positions);
  std::ofstream(folder / "config.json") << config.dump(2);
  const model::ArchSpec spec = model::parse_arch_spec(config, nullptr, "config.json");
  const auto tensors = model::expected_tensors(spec, model::family_of(spec));

  nlohmann::json header = {{"__metadata__", {{"format", "pt"}}}};
  std::int64_t at = 0;
  for (const auto& tensor : tensors) {
    const std::int64_t end = at + 2 * tensor::element_count(tensor.shape);
    header[tensor.name] = {{"dtype", "BF16"}, {"shape", tensor.shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::ofstream file(folder / "model.safetensors", std::ios::binary);
  std::string length(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) length[i] = static_cast<char>(text.size() >> (8 * i));
  file << length << text;
  Noise noise;
  for (const auto& tensor : tensors) write_values(file, tensor.shape, noise);
  file.close();
  util::check_input(file.good(), "{} could not be written; point TMPDIR at a folder with {} MB free",
                    (folder / "model.safetensors").string(), at / 1000000 + 1);
}

model::ArchSpec read_endless_spec(const std::filesystem::path& folder) {
  model::ArchSpec spec = model::read_arch_spec(folder);
  spec.eos_ids.clear();
  return spec;
}

std::int64_t layer_linear_weights(const model::ArchSpec& spec) {
  const std::int64_t q = spec.attention.heads * spec.attention.head_dim;
  const std::int64_t kv = spec.attention.kv_heads * spec.attention.head_dim;
  return spec.hidden * (q + 2 * kv) + q * spec.hidden + 3 * spec.hidden * spec.mlp.intermediate;
}

std::int64_t step_linear_weights(const model::ArchSpec& spec) {
  return spec.layers * layer_linear_weights(spec) + spec.vocab * spec.hidden;
}

}  // namespace assay::bench
