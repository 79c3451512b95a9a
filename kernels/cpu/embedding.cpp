#include "kernels/embedding.hpp"

#include <algorithm>

#include "assay/util/error.hpp"

namespace assay::kernels::cpu {
namespace {

void copy_row(float* to, tensor::ConstArray table, std::int64_t begin, std::int64_t n) {
  switch (table.dtype) {
    case tensor::DType::f32:
      std::copy_n(static_cast<const float*>(table.data) + begin, n, to);
      return;
    case tensor::DType::bf16: {
      const auto* from = static_cast<const tensor::BFloat16*>(table.data) + begin;
      for (std::int64_t i = 0; i < n; ++i) to[i] = tensor::to_float(from[i]);
      return;
    }
    default: {
      const auto* from = static_cast<const tensor::Float16*>(table.data) + begin;
      for (std::int64_t i = 0; i < n; ++i) to[i] = tensor::to_float(from[i]);
    }
  }
}

}  // namespace

void embedding(const tensor::Context& context, tensor::Matrix<float> out, const ops::EmbeddingTable& table,
               std::span<const std::int32_t> ids) {
#pragma omp parallel for num_threads(context.threads) if (out.rows * out.cols >= 65536)
  for (std::int64_t t = 0; t < out.rows; ++t) {
    const std::int64_t row = ids[static_cast<std::size_t>(t)] - table.vocab_begin;
    if (row >= 0 && row < table.rows) {
      copy_row(out.row(t), table.weight, row * out.cols, out.cols);
    } else {
      std::fill_n(out.row(t), out.cols, 0.0F);
    }
  }
}

}  // namespace assay::kernels::cpu
