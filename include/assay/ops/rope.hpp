// Rotary position embedding (Su et al. 2021, arXiv:2104.09864).
#pragma once

#include <cstdint>
#include <span>

#include "assay/tensor/device.hpp"
#include "assay/tensor/view.hpp"

namespace assay::ops {

enum class RopeStyle {
  neox,         ///< pairs (i, i + rotary_dim / 2): Hugging Face's layout of almost every family
  interleaved,  ///< pairs (2i, 2i + 1): ChatGLM, GLM-4
};

/// cos and sin of every position's angles: [positions, rotary_dim / 2] each, fp32, attention scaling
/// included.
struct RopeTable {
  std::span<const float> cosines;
  std::span<const float> sines;
  std::int64_t rotary_dim = 0;  ///< leading dimensions of a head that are rotated; even
};

/// Rotates x in place. x: [tokens, heads, head_dim]; positions: [tokens].
void rope(const tensor::Context& context, tensor::Heads<float> x, std::span<const std::int32_t> positions,
          const RopeTable& table, RopeStyle style);

}  // namespace assay::ops
