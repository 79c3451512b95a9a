// One rank's weights in the form the operators want, loaded layer by layer: at any time the checkpoint's form
// of one layer at most is in memory beside them.
#pragma once

#include <cstdint>
#include <vector>

#include "assay/engine/engine.hpp"
#include "assay/model/sharding.hpp"
#include "assay/model/weights.hpp"
#include "assay/ops/embedding.hpp"
#include "assay/ops/linear.hpp"
#include "assay/ops/rope.hpp"
#include "assay/tensor/device.hpp"
#include "assay/tensor/tensor.hpp"

namespace assay::engine {

struct PackedLayer {
  tensor::Tensor attention_norm;  ///< [hidden] f32
  tensor::Tensor mlp_norm;        ///< [hidden] f32
  tensor::Tensor q_norm;          ///< [head_dim] f32, or empty
  tensor::Tensor k_norm;          ///< [head_dim] f32, or empty
  ops::PackedLinear qkv;
  ops::PackedLinear attention_out;
  ops::PackedLinear gate_up;
  ops::PackedLinear down;
  std::int32_t window = 0;
};

class StageWeights {
 public:
  /// Reads and packs; `options` resolved. Throws InputError for a bad checkpoint.
  StageWeights(const tensor::Context& context, const model::ArchSpec& spec, const model::RankShard& shard,
               const model::Checkpoint& checkpoint, const EngineOptions& options);

  /// What a rank will hold, without reading anything; `options` resolved. Exact but for padding where all
  /// weights are stored as spec.checkpoint_dtype.
  [[nodiscard]] static std::int64_t bytes(const model::ArchSpec& spec, const model::RankShard& shard,
                                          const EngineOptions& options);
  /// What this object holds.
  [[nodiscard]] std::int64_t bytes() const;

  [[nodiscard]] ops::EmbeddingTable embedding() const;  ///< first stage
  [[nodiscard]] const std::vector<PackedLayer>& layers() const { return layers_; }
  [[nodiscard]] std::span<const float> final_norm() const;                     ///< last stage
  [[nodiscard]] const ops::PackedLinear& lm_head() const { return lm_head_; }  ///< last stage
  [[nodiscard]] ops::RopeTable rope() const;

 private:
  void make_rope_table(const model::ArchSpec& spec, const EngineOptions& options);

  tensor::Tensor embedding_;  // [vocab slice, hidden] in the checkpoint's dtype
  std::int64_t vocab_begin_ = 0;
  std::vector<PackedLayer> layers_;
  tensor::Tensor final_norm_;  // [hidden] f32
  ops::PackedLinear lm_head_;
  tensor::Tensor cosines_;  // [longest_sequence, rotary_dim / 2] f32
  tensor::Tensor sines_;
};

/// The elements of an f32 tensor; empty for an empty tensor.
[[nodiscard]] std::span<const float> floats(const tensor::Tensor& tensor);

}  // namespace assay::engine
