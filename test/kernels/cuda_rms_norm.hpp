// The CUDA launchers of RMS normalisation as the test bodies call kernels, on memory that both can reach.
#pragma once

#include <span>
#include <stdexcept>
#include <vector>

#include "kernels/cuda/table.hpp"
#include "kernels/rms_norm_cases.hpp"

namespace assay::test {

using CudaRmsNormLauncher = const char* (*)(void* stream, const kernels::CudaRmsNorm& args);

inline float round_bf16(float x) {
  return tensor::to_float(tensor::to_bfloat16(x));
}

inline void launch_or_throw(CudaRmsNormLauncher launcher, const kernels::CudaRmsNorm& args) {
  if (const char* error = launcher(nullptr, args); error != nullptr) throw std::runtime_error(error);
}

/// Parameters common to both types; pointers and strides are the caller's.
inline kernels::CudaRmsNorm cuda_args(std::int64_t rows, std::int64_t cols,
                                      const ops::RmsNormParams& params) {
  kernels::CudaRmsNorm args;
  args.rows = rows;
  args.cols = cols;
  args.epsilon = params.epsilon;
  args.weight_offset = params.weight_offset;
  return args;
}

/// On host pointers as they are: for the emulator.
inline auto host_cuda_kernel_f32(CudaRmsNormLauncher launcher) {
  return [launcher](tensor::Matrix<float> out, tensor::Matrix<const float> x, std::span<const float> weight,
                    const ops::RmsNormParams& params) {
    kernels::CudaRmsNorm args = cuda_args(x.rows, x.cols, params);
    args.out = out.data;
    args.out_stride = out.row_stride;
    args.x = x.data;
    args.x_stride = x.row_stride;
    args.weight = weight.data();
    launch_or_throw(launcher, args);
  };
}

inline std::vector<std::uint16_t> bf16_bits(const float* from, std::size_t n) {
  std::vector<std::uint16_t> bits(n);
  for (std::size_t i = 0; i < n; ++i) bits[i] = tensor::to_bfloat16(from[i]).bits;
  return bits;
}

/// The whole of a matrix, padding included, from its first element to its last.
inline std::size_t extent(std::int64_t rows, std::int64_t cols, std::int64_t stride) {
  return rows == 0 ? 0 : static_cast<std::size_t>((rows - 1) * stride + cols);
}

/// The same on bf16 copies of the operands, with their strides; `run` launches on three arrays of bits, the
/// first of which it also fills.
template <class Run>
void through_bf16(tensor::Matrix<float> out, tensor::Matrix<const float> x, std::span<const float> weight,
                  Run&& run) {
  std::vector<std::uint16_t> x_bits = bf16_bits(x.data, extent(x.rows, x.cols, x.row_stride));
  std::vector<std::uint16_t> weight_bits = bf16_bits(weight.data(), weight.size());
  std::vector<std::uint16_t> out_bits = bf16_bits(out.data, extent(out.rows, out.cols, out.row_stride));
  run(out_bits, x_bits, weight_bits);
  for (std::size_t i = 0; i < out_bits.size(); ++i)
    out.data[i] = tensor::to_float(tensor::BFloat16{out_bits[i]});
}

inline auto host_cuda_kernel_bf16(CudaRmsNormLauncher launcher) {
  return [launcher](tensor::Matrix<float> out, tensor::Matrix<const float> x, std::span<const float> weight,
                    const ops::RmsNormParams& params) {
    through_bf16(out, x, weight, [&](auto& out_bits, const auto& x_bits, const auto& weight_bits) {
      kernels::CudaRmsNorm args = cuda_args(x.rows, x.cols, params);
      args.out = out_bits.data();
      args.out_stride = out.row_stride;
      args.x = x_bits.data();
      args.x_stride = x.row_stride;
      args.weight = weight_bits.data();
      launch_or_throw(launcher, args);
    });
  };
}

}  // namespace assay::test
