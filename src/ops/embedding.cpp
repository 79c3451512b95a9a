#include "assay/ops/embedding.hpp"

#include "kernels/embedding.hpp"
#include "ops/dispatch.hpp"

namespace assay::ops {

void embedding(const tensor::Context& context, tensor::Matrix<float> out, const EmbeddingTable& table,
               std::span<const std::int32_t> ids) {
  check_context(context);
  check_view(out);
  ASSAY_CHECK(static_cast<std::int64_t>(ids.size()) == out.rows);
  ASSAY_CHECK(table.rows >= 0 && (table.weight.data != nullptr || table.rows == 0));
  const tensor::DType dtype = table.weight.dtype;
  ASSAY_CHECK(dtype == tensor::DType::f32 || dtype == tensor::DType::bf16 || dtype == tensor::DType::f16);
  switch (context.device.kind) {
    case tensor::DeviceKind::cpu:
      return kernels::cpu::embedding(context, out, table, ids);
    case tensor::DeviceKind::cuda:
      no_cuda_kernel("embedding");
  }
}

}  // namespace assay::ops
