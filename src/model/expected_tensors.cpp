#include "model/expected_tensors.hpp"

#include <algorithm>
#include <set>

#include "assay/util/error.hpp"
#include "model/printable.hpp"

namespace assay::model {
namespace {

// Collects one layer's (or the model's) tensors.
struct Collector {
  std::vector<ExpectedTensor>& out;
  std::int64_t layer;
  void norm(std::string_view pattern, std::int64_t size, NormKind kind) {
    out.push_back({tensor_name(pattern, layer, ".weight"), {size}});
    if (kind == NormKind::layer) out.push_back({tensor_name(pattern, layer, ".bias"), {size}});
  }
  void linear(std::string_view pattern, std::int64_t rows, std::int64_t cols, bool bias) {
    out.push_back({tensor_name(pattern, layer, ".weight"), {rows, cols}});
    if (bias) out.push_back({tensor_name(pattern, layer, ".bias"), {rows}});
  }
};

void collect_layer(const ArchSpec& spec, const TensorNames& names, Collector to) {
  const AttentionSpec& attention = spec.attention;
  const std::int64_t q_rows = attention.heads * attention.head_dim;
  const std::int64_t kv_rows = attention.kv_heads * attention.head_dim;
  to.norm(names.attention_norm, spec.hidden, spec.norm);
  to.norm(names.mlp_norm, spec.hidden, spec.norm);
  to.linear(names.q, q_rows, spec.hidden, attention.qkv_bias);
  to.linear(names.k, kv_rows, spec.hidden, attention.qkv_bias);
  to.linear(names.v, kv_rows, spec.hidden, attention.qkv_bias);
  to.linear(names.attention_out, spec.hidden, q_rows, attention.out_bias);
  if (attention.qk_norm) {
    to.norm(names.q_norm, attention.head_dim, NormKind::rms);
    to.norm(names.k_norm, attention.head_dim, NormKind::rms);
  }
  to.linear(names.gate, spec.mlp.intermediate, spec.hidden, spec.mlp.bias);
  to.linear(names.up, spec.mlp.intermediate, spec.hidden, spec.mlp.bias);
  to.linear(names.down, spec.hidden, spec.mlp.intermediate, spec.mlp.bias);
}

bool is_skipped(const std::string& name, const ArchFamily& family) {
  return std::any_of(family.skipped_suffixes.begin(), family.skipped_suffixes.end(),
                     [&](std::string_view suffix) { return name.ends_with(suffix); });
}

}  // namespace

std::string tensor_name(std::string_view pattern, std::int64_t layer, std::string_view suffix) {
  std::string name(pattern);
  if (const auto at = name.find("{}"); at != std::string::npos) name.replace(at, 2, std::to_string(layer));
  return name.append(suffix);
}

std::vector<ExpectedTensor> expected_tensors(const ArchSpec& spec, const ArchFamily& family) {
  std::vector<ExpectedTensor> result;
  const TensorNames& names = family.tensors;
  Collector model{result, 0};
  model.linear(names.embedding, spec.vocab, spec.hidden, false);
  for (std::int64_t layer = 0; layer < spec.layers; ++layer) collect_layer(spec, names, {result, layer});
  model.norm(names.final_norm, spec.hidden, spec.norm);
  if (!spec.tie_word_embeddings) model.linear(names.lm_head, spec.vocab, spec.hidden, false);
  return result;
}

void check_tensors(const ArchSpec& spec, const ArchFamily& family, const CheckpointFiles& files,
                   const std::string& directory) {
  std::set<std::string, std::less<>> known;
  for (const auto& expected : expected_tensors(spec, family)) {
    const auto found = files.tensors.find(expected.name);
    util::check_input(found != files.tensors.end(),
                      "{} lacks the tensor {}, which config.json calls for (model_type {}, {} layers)",
                      directory, expected.name, printable(spec.model_type), spec.layers);
    const auto& [file, entry] = found->second;
    util::check_input(entry->shape == expected.shape,
                      "{}: tensor {} has the shape {}, but config.json calls for {}", file->source(),
                      expected.name, tensor::to_string(entry->shape), tensor::to_string(expected.shape));
    util::check_input(weight_dtype(entry->dtype).has_value(),
                      "{}: tensor {} has the dtype {}, which is not supported; supported are F32, BF16, F16",
                      file->source(), expected.name, entry->dtype);
    known.insert(expected.name);
  }
  if (spec.tie_word_embeddings) known.insert(tensor_name(family.tensors.lm_head, 0, ".weight"));
  for (const auto& [name, location] : files.tensors) {
    util::check_input(
        known.contains(name) || is_skipped(name, family),
        "{}: tensor {} is not part of the model that config.json describes (model_type {}, {} layers)",
        location.file->source(), printable(name), printable(spec.model_type), spec.layers);
  }
}

}  // namespace assay::model
