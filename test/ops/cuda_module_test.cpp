// Finding and loading the CUDA module. No kernel is launched: see kernels/gpu.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "assay/ops/rms_norm.hpp"
#include "assay/util/error.hpp"
#include "kernels/stub/cuda_module.hpp"

using namespace assay;
using Catch::Contains;

namespace {

void normalise_on_cuda() {
  tensor::Context context;
  context.device.kind = tensor::DeviceKind::cuda;
  float x = 1;
  ops::rms_norm(context, {&x, 1, 1}, {&x, 1, 1}, std::span<const float>(&x, 1), {});
}

}  // namespace

TEST_CASE("a CUDA module that does not load, is another library or is missing is one clear error") {
  // In this order: what loads once stays.
  setenv("ASSAY_CUDA_MODULE", "/nowhere/libassay_cuda.so", 1);
  CHECK_THROWS_WITH(normalise_on_cuda(), Contains("does not load") && Contains("/nowhere/libassay_cuda.so"));
  setenv("ASSAY_CUDA_MODULE", "libm.so.6", 1);
  CHECK_THROWS_WITH(normalise_on_cuda(), Contains("libm.so.6 is not this program's CUDA module"));
  unsetenv("ASSAY_CUDA_MODULE");
  const auto module =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "../lib/libassay_cuda.so";
  if (std::filesystem::exists(module)) {
    CHECK(kernels::cuda_module().version == kernels::CudaTable::current_version);
    CHECK(kernels::cuda_module().rms_norm_f32 != nullptr);
  } else {
    CHECK_THROWS_WITH(normalise_on_cuda(), Contains("built without CUDA"));
  }
}

TEST_CASE("a launch that fails is an error with the operation's name") {
  CHECK_NOTHROW(kernels::check_launch("rms_norm", nullptr));
  CHECK_THROWS_WITH(kernels::check_launch("rms_norm", "no device"),
                    "CUDA kernel rms_norm failed to start (no device)");
}
