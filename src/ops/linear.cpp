#include "assay/ops/linear.hpp"

#include "kernels/cpu/simd/isa.hpp"
#include "kernels/linear.hpp"
#include "ops/dispatch.hpp"

namespace assay::ops {

struct PackedLinear::Impl {
  kernels::cpu::LinearWeights weights;
};

namespace {

bool is_weight_dtype(tensor::DType dtype) {
  return dtype == tensor::DType::f32 || dtype == tensor::DType::bf16 || dtype == tensor::DType::f16;
}

kernels::cpu::LinearFormat format_of(tensor::DType weight, tensor::DType compute) {
  if (compute == tensor::DType::f32) {
    // bf16 widens exactly: half the memory traffic for the same bits.
    return weight == tensor::DType::bf16 ? kernels::cpu::LinearFormat::bf16 : kernels::cpu::LinearFormat::f32;
  }
  util::check_input(compute == tensor::DType::bf16,
                    "{} is not a type the CPU multiplies in; use float32 or bfloat16",
                    tensor::name_of(compute));
  util::check_input(kernels::cpu::has_bf16_dot(),
                    "this CPU ({}) cannot multiply in bfloat16 (it has neither AMX nor AVX512-BF16); use "
                    "--dtype float32",
                    cpu_isa_name());
  return kernels::cpu::LinearFormat::bf16_dot;
}

}  // namespace

PackedLinear::PackedLinear() = default;
PackedLinear::PackedLinear(PackedLinear&&) noexcept = default;
PackedLinear& PackedLinear::operator=(PackedLinear&&) noexcept = default;
PackedLinear::~PackedLinear() = default;

PackedLinear::PackedLinear(const tensor::Context& context, tensor::ConstArray weight,
                           std::int64_t out_features, std::int64_t in_features, tensor::DType compute,
                           std::span<const float> bias) {
  check_context(context);
  ASSAY_CHECK(out_features >= 0 && in_features >= 0 && is_weight_dtype(weight.dtype));
  ASSAY_CHECK(weight.data != nullptr || out_features * in_features == 0);
  ASSAY_CHECK(bias.empty() || static_cast<std::int64_t>(bias.size()) == out_features);
  if (context.device.kind == tensor::DeviceKind::cuda) no_cuda_kernel("linear");
  const kernels::cpu::LinearFormat format = format_of(weight.dtype, compute);
  impl_ = std::make_unique<Impl>();
  impl_->weights = kernels::cpu::pack_linear(context, weight, out_features, in_features, format, bias);
}

void PackedLinear::apply(const tensor::Context& context, tensor::Matrix<float> out,
                         tensor::Matrix<const float> x) const {
  ASSAY_CHECK(impl_ != nullptr);
  check_context(context);
  check_view(out);
  check_view(x);
  ASSAY_CHECK(out.rows == x.rows && out.cols == out_features() && x.cols == in_features());
  if (context.device.kind == tensor::DeviceKind::cuda) no_cuda_kernel("linear");
  if (out.rows == 0 || out.cols == 0) return;
  kernels::cpu::linear(context, out, x, impl_->weights);
}

std::int64_t PackedLinear::out_features() const {
  return impl_ == nullptr ? 0 : impl_->weights.out_features;
}
std::int64_t PackedLinear::in_features() const {
  return impl_ == nullptr ? 0 : impl_->weights.in_features;
}
std::size_t PackedLinear::bytes() const {
  return impl_ == nullptr ? 0 : impl_->weights.data.size() + impl_->weights.bias.size();
}

tensor::DType preferred_cpu_dtype() {
  return kernels::cpu::has_bf16_dot() ? tensor::DType::bf16 : tensor::DType::f32;
}

const char* cpu_isa_name() {
  return kernels::cpu::name_of(kernels::cpu::isa());
}

}  // namespace assay::ops
