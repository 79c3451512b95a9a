// Matrix product with weights packed once: y = x W^T + bias.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "assay/tensor/device.hpp"
#include "assay/tensor/dtype.hpp"
#include "assay/tensor/view.hpp"

namespace assay::ops {

/// Weights of one linear layer in the backend's own layout. Move-only; const use from one thread at a time.
class PackedLinear {
 public:
  PackedLinear();
  /// weight: [out_features, in_features] row-major f32, bf16 or f16, copied and repacked; bias:
  /// [out_features] or empty. `compute`: f32 or bf16, the type of the products' operands (sums are fp32).
  /// Throws InputError if this machine cannot compute in that type.
  PackedLinear(const tensor::Context& context, tensor::ConstArray weight, std::int64_t out_features,
               std::int64_t in_features, tensor::DType compute, std::span<const float> bias = {});
  PackedLinear(PackedLinear&&) noexcept;
  PackedLinear& operator=(PackedLinear&&) noexcept;
  ~PackedLinear();

  /// out: [rows, out_features], x: [rows, in_features]; no overlap. Bits of a row of `out` depend only on
  /// that row of x and on the weights, not on the number of rows, their order, or the thread count.
  void apply(const tensor::Context& context, tensor::Matrix<float> out, tensor::Matrix<const float> x) const;

  [[nodiscard]] std::int64_t out_features() const;
  [[nodiscard]] std::int64_t in_features() const;
  /// Bytes held by the packed weights.
  [[nodiscard]] std::size_t bytes() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

/// bf16 if this CPU multiplies bf16 faster than f32 (AMX or AVX512-BF16), else f32.
[[nodiscard]] tensor::DType preferred_cpu_dtype();
/// The instruction set the CPU kernels use here, for results and `doctor`: "baseline", "avx2", "avx512",
/// "avx512_bf16" or "amx". The environment variable ASSAY_CPU_ISA lowers it.
[[nodiscard]] const char* cpu_isa_name();

}  // namespace assay::ops
