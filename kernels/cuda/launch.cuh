// The words every .cu file needs beside the language: launches whose errors are seen, and bf16. The SIMT
// emulator of test/kernels/simt supplies its own and is included first; then a g++ build runs the same
// kernels.
#pragma once

#include <cstdint>

#if defined(__CUDACC__)
#include <cuda_runtime.h>

namespace assay::kernels::cuda_module {

/// Enqueues `kernel` and returns nullptr, or why it could not start.
template <class... Parameters, class... Args>
const char* launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, void* stream, Args... args) {
  kernel<<<grid, block, 0, static_cast<cudaStream_t>(stream)>>>(args...);
  cudaError_t error = cudaGetLastError();
#if !defined(NDEBUG)
  if (error == cudaSuccess) error = cudaStreamSynchronize(static_cast<cudaStream_t>(stream));
#endif
  return error == cudaSuccess ? nullptr : cudaGetErrorString(error);
}

}  // namespace assay::kernels::cuda_module
#elif !defined(ASSAY_SIMT)
#error "compile .cu files with nvcc, or include the SIMT emulator (test/kernels/simt/simt.hpp) first"
#endif

namespace assay::kernels::cuda_module {

/// bfloat16 storage; arithmetic is in float.
struct BFloat16 {
  std::uint16_t bits;
};

__device__ inline float to_float(float x) {
  return x;
}
__device__ inline float to_float(BFloat16 x) {
  return __uint_as_float(static_cast<unsigned>(x.bits) << 16);
}

/// Rounds to nearest even; NaN stays NaN.
template <class T>
__device__ inline T from_float(float x);
template <>
__device__ inline float from_float<float>(float x) {
  return x;
}
template <>
__device__ inline BFloat16 from_float<BFloat16>(float x) {
  const unsigned bits = __float_as_uint(x);
  if ((bits & 0x7fffffffU) > 0x7f800000U) return {static_cast<std::uint16_t>((bits >> 16) | 0x40U)};
  return {static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16)};
}

}  // namespace assay::kernels::cuda_module
