#include "kernels/embedding.hpp"

#include "assay/tensor/tensor.hpp"

namespace assay::kernels::ref {

void embedding(const tensor::Context& /*context*/, tensor::Matrix<float> out,
               const ops::EmbeddingTable& table, std::span<const std::int32_t> ids) {
  for (std::int64_t t = 0; t < out.rows; ++t) {
    const std::int64_t row = ids[static_cast<std::size_t>(t)] - table.vocab_begin;
    const bool ours = row >= 0 && row < table.rows;
    for (std::int64_t i = 0; i < out.cols; ++i) {
      out.row(t)[i] = ours ? tensor::element_as_float(table.weight, row * out.cols + i) : 0.0F;
    }
  }
}

}  // namespace assay::kernels::ref
