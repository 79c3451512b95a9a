#include "engine/weights.hpp"

#include <cmath>

#include "assay/util/error.hpp"

namespace assay::engine {

namespace {

ops::PackedLinear pack(const tensor::Context& context, const model::LinearWeights& weights,
                       tensor::DType compute) {
  const auto& shape = weights.weight.shape();
  ASSAY_CHECK(shape.size() == 2);
  return {context, weights.weight.array(), shape[0], shape[1], compute, floats(weights.bias)};
}

PackedLayer load_layer(const tensor::Context& context, const model::ArchSpec& spec,
                       const model::RankShard& shard, const model::Checkpoint& checkpoint,
                       tensor::DType compute, std::int64_t index) {
  model::LayerWeights weights = checkpoint.layer(index, shard);
  PackedLayer layer;
  layer.attention_norm = std::move(weights.attention_norm.weight);
  layer.mlp_norm = std::move(weights.mlp_norm.weight);
  layer.q_norm = std::move(weights.q_norm.weight);
  layer.k_norm = std::move(weights.k_norm.weight);
  // Each is dropped once packed, so that the peak is one tensor above the packed weights.
  const auto pack_and_drop = [&](model::LinearWeights& linear) {
    const model::LinearWeights taken = std::move(linear);
    return pack(context, taken, compute);
  };
  layer.qkv = pack_and_drop(weights.qkv);
  layer.attention_out = pack_and_drop(weights.attention_out);
  layer.gate_up = pack_and_drop(weights.gate_up);
  layer.down = pack_and_drop(weights.down);
  if (!spec.window.empty())
    layer.window = static_cast<std::int32_t>(spec.window[static_cast<std::size_t>(index)]);
  return layer;
}

std::int64_t size_of(const tensor::Tensor& tensor) {
  return static_cast<std::int64_t>(tensor.bytes().size());
}

}  // namespace

std::span<const float> floats(const tensor::Tensor& tensor) {
  if (tensor.empty()) return {};
  return {tensor.data<float>(), static_cast<std::size_t>(tensor.elements())};
}

StageWeights::StageWeights(const tensor::Context& context, const model::ArchSpec& spec,
                           const model::RankShard& shard, const model::Checkpoint& checkpoint,
                           const EngineOptions& options)
    : vocab_begin_(shard.vocab.begin) {
  if (shard.first_stage) embedding_ = checkpoint.embedding(shard);
  for (auto layer = shard.layers.begin; layer < shard.layers.end; ++layer) {
    layers_.push_back(load_layer(context, spec, shard, checkpoint, options.dtype, layer));
  }
  if (shard.last_stage) {
    final_norm_ = checkpoint.final_norm().weight;
    lm_head_ = pack(context, checkpoint.lm_head(shard), options.dtype);
  }
  make_rope_table(spec, options);
}

// Dynamic and longrope scaling use the frequencies of a sequence of max_length for all sequences, where
// transformers changes them with the length of each: a score would then depend on where its sequence happens
// to end.
//
// The angles are rounded to fp32 before their cosine is taken, as transformers does: far into a context the
// rounding of the angle is larger than the tolerance of a score, and models are trained and compared with it.
void StageWeights::make_rope_table(const model::ArchSpec& spec, const EngineOptions& options) {
  const auto frequencies = model::rope_frequencies(spec.rope, spec.max_positions, options.max_length);
  const auto half = static_cast<std::int64_t>(frequencies.inverse.size());
  ASSAY_CHECK(half * 2 == spec.rope.rotary_dim);
  cosines_ = tensor::Tensor(tensor::DType::f32, {options.longest_sequence, half});
  sines_ = tensor::Tensor(tensor::DType::f32, {options.longest_sequence, half});
  float* cosine = cosines_.data<float>();
  float* sine = sines_.data<float>();
  for (std::int64_t position = 0; position < options.longest_sequence; ++position) {
    for (const double inverse : frequencies.inverse) {
      const double angle = static_cast<float>(position) * static_cast<float>(inverse);
      *cosine++ = static_cast<float>(std::cos(angle) * frequencies.attention_factor);
      *sine++ = static_cast<float>(std::sin(angle) * frequencies.attention_factor);
    }
  }
}

ops::EmbeddingTable StageWeights::embedding() const {
  ASSAY_CHECK(!embedding_.empty());
  return {embedding_.array(), embedding_.shape()[0], vocab_begin_};
}

std::span<const float> StageWeights::final_norm() const {
  return floats(final_norm_);
}

ops::RopeTable StageWeights::rope() const {
  return {floats(cosines_), floats(sines_), cosines_.shape()[1] * 2};
}

std::int64_t StageWeights::bytes() const {
  std::int64_t total = size_of(embedding_) + size_of(final_norm_) + size_of(cosines_) + size_of(sines_) +
                       static_cast<std::int64_t>(lm_head_.bytes());
  for (const PackedLayer& layer : layers_) {
    total += size_of(layer.attention_norm) + size_of(layer.mlp_norm) + size_of(layer.q_norm) +
             size_of(layer.k_norm);
    for (const auto* linear : {&layer.qkv, &layer.attention_out, &layer.gate_up, &layer.down}) {
      total += static_cast<std::int64_t>(linear->bytes());
    }
  }
  return total;
}

std::int64_t StageWeights::bytes(const model::ArchSpec& spec, const model::RankShard& shard,
                                 const EngineOptions& options) {
  const auto& attention = spec.attention;
  const std::int64_t scalar = static_cast<std::int64_t>(sizeof(float));
  const auto stored = static_cast<std::int64_t>(tensor::size_of(spec.checkpoint_dtype));
  // Weights are packed in the type of the products, but bf16 stays as it is (PackedLinear widens it exactly).
  // The zeros that fill up the last panel of each are not counted. One dtype stands for all matrices; a
  // checkpoint that mixes them is planned by the one that most of its bytes have.
  const bool stays_bf16 = spec.checkpoint_dtype == tensor::DType::bf16;
  const auto packed =
      static_cast<std::int64_t>(tensor::size_of(stays_bf16 ? tensor::DType::bf16 : options.dtype));
  const auto linear = [&](std::int64_t out, std::int64_t in) {
    return tensor::element_count({out, in, packed});
  };
  const std::int64_t heads = shard.heads.size() * attention.head_dim;
  const std::int64_t kv_heads = shard.kv_heads.size() * attention.head_dim;
  std::int64_t layer = linear(heads + 2 * kv_heads, spec.hidden) + linear(spec.hidden, heads) +
                       linear(2 * shard.intermediate.size(), spec.hidden) +
                       linear(spec.hidden, shard.intermediate.size()) + 2 * spec.hidden * scalar;
  if (attention.qk_norm) layer += 2 * attention.head_dim * scalar;
  std::int64_t total = tensor::element_count({shard.layers.size(), layer});
  total += tensor::element_count({2, options.longest_sequence, spec.rope.rotary_dim / 2, scalar});
  if (shard.first_stage) total += tensor::element_count({shard.vocab.size(), spec.hidden, stored});
  if (shard.last_stage) total += linear(shard.vocab.size(), spec.hidden) + spec.hidden * scalar;
  return total;
}

}  // namespace assay::engine
