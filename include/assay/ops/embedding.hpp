// Token embedding look-up on one rank's slice of the vocabulary.
#pragma once

#include <cstdint>
#include <span>

#include "assay/tensor/device.hpp"
#include "assay/tensor/view.hpp"

namespace assay::ops {

/// One rank's rows of a [vocabulary, hidden] table.
struct EmbeddingTable {
  tensor::ConstArray weight;  ///< [rows, hidden], f32, bf16 or f16
  std::int64_t rows = 0;
  std::int64_t vocab_begin = 0;  ///< vocabulary id of row 0
};

/// out[t, :] = table row of ids[t]; zeros where the id belongs to another rank, so that a sum over the
/// tensor group gives the embedding. out: [tokens, hidden].
void embedding(const tensor::Context& context, tensor::Matrix<float> out, const EmbeddingTable& table,
               std::span<const std::int32_t> ids);

}  // namespace assay::ops
