// The CUDA kernel's own source on the emulator, through the bodies of the other backends' tests.
#include "kernels/simt/simt.hpp"

// The .cu file after the emulator.
#include "kernels/cuda/rms_norm.cu"

#include <catch2/catch.hpp>

#include "kernels/cuda_rms_norm.hpp"

using namespace assay;

TEST_CASE("CUDA rms_norm, emulated, is ref's at awkward sizes in float") {
  for (const simt::Order order : {simt::Order::ascending, simt::Order::descending}) {
    simt::set_order(order);
    for (const test::RmsNormCase& c : test::rms_norm_cases()) {
      CHECK(test::check_rms_norm(c, test::host_cuda_kernel_f32(kernels::cuda_module::rms_norm_f32),
                                 test::tolerance(test::OpClass::normalisation), test::keep) == "");
    }
  }
  simt::set_order(simt::Order::ascending);
}

TEST_CASE("CUDA rms_norm, emulated, is ref's at awkward sizes in bf16") {
  for (const test::RmsNormCase& c : test::rms_norm_cases()) {
    CHECK(test::check_rms_norm(c, test::host_cuda_kernel_bf16(kernels::cuda_module::rms_norm_bf16),
                               test::tolerance(test::OpClass::normalisation, tensor::DType::bf16),
                               test::round_bf16) == "");
  }
}

TEST_CASE("bits of CUDA rms_norm, emulated, do not depend on alignment or neighbours") {
  test::Values values(21);
  test::Sheet x(5, 1024, 0, values);
  const std::vector<float> weight = values.vector(1024);
  const auto kernel = test::host_cuda_kernel_f32(kernels::cuda_module::rms_norm_f32);
  std::vector<float> aligned_x(1024 + 4), aligned_weight(1024 + 4), aligned_out(1024 + 4);
  const auto align = [](std::vector<float>& v) {
    return v.data() + (16 - reinterpret_cast<std::uintptr_t>(v.data()) % 16) % 16 / sizeof(float);
  };
  test::Sheet out(5, 1024, 1);
  kernel(out.view(), x.view(), weight, {});
  std::copy_n(x.view().row(3), 1024, align(aligned_x));
  std::copy_n(weight.data(), 1024, align(aligned_weight));
  kernel({align(aligned_out), 1, 1024}, {align(aligned_x), 1, 1024},
         std::span<const float>(align(aligned_weight), 1024), {});
  CHECK(test::same_bits({align(aligned_out), 1, 1024}, out.view().row_range(3, 1)));
}
