// Writes safetensors files and small checkpoint directories, right or deliberately wrong.
#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/model/arch_spec.hpp"
#include "assay/util/error.hpp"
#include "model/expected_tensors.hpp"
#include "support/temp_dir.hpp"

namespace assay::test {

struct StoredTensor {
  std::string dtype;
  tensor::Shape shape;
  std::string data;
};
using StoredTensors = std::map<std::string, StoredTensor>;

inline void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// u64 length, header, data.
inline std::string with_header(const std::string& header, const std::string& data) {
  std::string length(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) length[i] = static_cast<char>(header.size() >> (8 * i));
  return length + header + data;
}

inline std::string safetensors_bytes(const StoredTensors& tensors) {
  nlohmann::json header = {{"__metadata__", {{"format", "pt"}}}};
  std::string data;
  for (const auto& [name, stored] : tensors) {
    header[name] = {{"dtype", stored.dtype},
                    {"shape", stored.shape},
                    {"data_offsets", {data.size(), data.size() + stored.data.size()}}};
    data += stored.data;
  }
  return with_header(header.dump(), data);
}

/// float32 values start, start + 1, ...: every element of a checkpoint can be told from every other.
inline StoredTensor counting_tensor(const tensor::Shape& shape, float start) {
  StoredTensor stored{"F32", shape, {}};
  std::vector<float> values(static_cast<std::size_t>(tensor::element_count(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = start + static_cast<float>(i);
  stored.data.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return stored;
}

inline std::vector<float> floats_of(const StoredTensor& stored) {
  std::vector<float> values(stored.data.size() / sizeof(float));
  std::memcpy(values.data(), stored.data.data(), stored.data.size());
  return values;
}

/// A config.json of a small Llama with awkward sizes: 6 heads of 4, 3 KV heads, 13 tokens, 10 intermediate.
inline nlohmann::json tiny_config() {
  return {{"architectures", {"LlamaForCausalLM"}},
          {"model_type", "llama"},
          {"hidden_size", 24},
          {"intermediate_size", 10},
          {"num_hidden_layers", 3},
          {"num_attention_heads", 6},
          {"num_key_value_heads", 3},
          {"vocab_size", 13},
          {"max_position_embeddings", 64},
          {"rms_norm_eps", 1e-5},
          {"torch_dtype", "float32"}};
}

/// A model directory under construction: change `config` and `tensors`, then write().
class TinyCheckpoint {
 public:
  explicit TinyCheckpoint(nlohmann::json configuration = tiny_config()) : config(std::move(configuration)) {
    const model::ArchSpec parsed = model::parse_arch_spec(config, nullptr, "config.json");
    float start = 1;
    for (const auto& expected : model::expected_tensors(parsed, model::family_of(parsed))) {
      tensors[expected.name] = counting_tensor(expected.shape, start);
      start += static_cast<float>(tensor::element_count(expected.shape));
    }
  }

  void write() const {
    write_text(path() / "config.json", config.dump());
    write_text(path() / "model.safetensors", safetensors_bytes(tensors));
  }
  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }
  [[nodiscard]] model::ArchSpec spec() const { return model::read_arch_spec(path()); }

  nlohmann::json config;
  StoredTensors tensors;

 private:
  TempDir directory_;
};

/// what() of the InputError that `action` throws; "accepted" if it throws nothing.
template <class Action>
std::string refusal(Action&& action) {
  try {
    action();
  } catch (const util::InputError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace assay::test
