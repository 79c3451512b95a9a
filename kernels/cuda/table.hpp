// The C interface of the CUDA module, a shared object that is loaded when a GPU run starts. Plain types only:
// no exception and no C++ object crosses it.
#pragma once

#include <cstdint>

namespace assay::kernels {

/// One launch of the RMS normalisation; device pointers, strides in elements. x and out: [rows, cols] of the
/// kernel's type; weight: [cols] of that type.
struct CudaRmsNorm {
  void* out = nullptr;
  const void* x = nullptr;
  const void* weight = nullptr;
  std::int64_t out_stride = 0;
  std::int64_t x_stride = 0;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  float epsilon = 0;
  float weight_offset = 0;
};

/// Launches enqueue on a cudaStream_t and return nullptr, or the CUDA runtime's error text.
struct CudaTable {
  static constexpr std::uint32_t current_version = 1;
  std::uint32_t version = 0;
  const char* (*rms_norm_f32)(void* stream, const CudaRmsNorm& args) = nullptr;
  const char* (*rms_norm_bf16)(void* stream, const CudaRmsNorm& args) = nullptr;
};

/// The module's only exported symbol, by this name.
inline constexpr const char* cuda_table_symbol = "assay_cuda_table";
using CudaTableFunction = const CudaTable* (*)();

}  // namespace assay::kernels
