// Reads one rank's slices of a checkpoint, tensor by tensor, so that the engine can pack and drop each.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "assay/model/arch_spec.hpp"
#include "assay/model/sharding.hpp"
#include "assay/tensor/tensor.hpp"

namespace assay::model {

/// One rank's slice of a linear layer. weight: [out, in] in the checkpoint's dtype; bias: [out] f32 or empty
/// (for a row-parallel layer the bias is given to tensor rank 0 alone, since partial sums are added).
struct LinearWeights {
  tensor::Tensor weight;
  tensor::Tensor bias;
};

/// Norm parameters in f32; bias empty for RMSNorm.
struct NormWeights {
  tensor::Tensor weight;
  tensor::Tensor bias;
};

struct LayerWeights {
  NormWeights attention_norm;
  NormWeights mlp_norm;
  NormWeights q_norm;  ///< [head_dim] or empty
  NormWeights k_norm;
  LinearWeights qkv;            ///< rows: this rank's q heads, then k heads, then v heads; in = hidden
  LinearWeights attention_out;  ///< row-parallel: [hidden, heads of this rank * head_dim]
  LinearWeights gate_up;        ///< rows: gate slice, then up slice
  LinearWeights down;           ///< row-parallel: [hidden, intermediate of this rank]
};

/// A validated checkpoint directory. Opening reads headers only and fails, naming the tensor and file, on:
/// anything the safetensors format forbids, an index that leaves the directory or disagrees with its shards,
/// a missing, surplus or ill-shaped tensor (every tensor is used exactly once), an unsupported dtype.
class Checkpoint {
 public:
  Checkpoint(const std::filesystem::path& model_directory, const ArchSpec& spec);
  Checkpoint(Checkpoint&&) noexcept;
  ~Checkpoint();

  /// [vocab slice, hidden].
  [[nodiscard]] tensor::Tensor embedding(const RankShard& shard) const;
  [[nodiscard]] LayerWeights layer(std::int64_t index, const RankShard& shard) const;
  [[nodiscard]] NormWeights final_norm() const;
  /// [vocab slice, hidden]; the embedding's rows where tied.
  [[nodiscard]] LinearWeights lm_head(const RankShard& shard) const;
  /// The above check every value they read and throw InputError naming the tensor that holds NaN or infinity.

  /// SHA-256 over config.json, every shard's header and size, and some bytes of every tensor (three short
  /// reads each, when first asked for): a model and its fine-tune differ in it.
  [[nodiscard]] const std::string& fingerprint() const;
  /// Bytes of checkpoint data handed out so far by this object (what this rank has read). Tests prove by it
  /// that ranks read their own slices alone.
  [[nodiscard]] std::int64_t bytes_read() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::model
