// CUDA's execution model on one host thread, so that .cu files run and are sanitised without a GPU: include
// this, then the .cu file. Every thread of a block is a fiber; blocks run one after another. Barriers and
// shuffles switch fibers. Supported: threadIdx, blockIdx, blockDim, gridDim, __shared__ (static),
// __syncthreads,
// __syncwarp, __shfl_xor_sync, __shfl_sync, __shfl_down_sync. A barrier that not all threads reach is an
// error.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>

#define ASSAY_SIMT 1
#define __global__
#define __device__
#define __host__
#define __shared__ static

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
  dim3() = default;
  dim3(unsigned x_size, unsigned y_size = 1, unsigned z_size = 1)
      : x(x_size), y(y_size), z(z_size) {}  // NOLINT
};

namespace assay::simt {

inline constexpr unsigned warp_size = 32;

/// Of the fiber that runs now.
struct Position {
  dim3 thread, block, block_size, grid_size;
};
Position& position();

/// Order in which the threads of a block are resumed. A kernel that lacks a barrier is likely to differ.
enum class Order { ascending, descending };
void set_order(Order order);

/// Runs `thread` for every thread of every block. "" or the first error: an exception, a barrier that some
/// threads never reach, threads waiting at different barriers.
std::string run(dim3 grid, dim3 block, const std::function<void()>& thread);

/// Waits for all threads of the block that have not returned.
void sync_block();
/// Exchanges 8 bytes in a warp: all lanes of `mask` must call it; returns what lane `source` brought.
std::uint64_t exchange(unsigned mask, std::uint64_t value, unsigned source);
/// This thread's lane of its warp.
unsigned lane();

template <class T>
T shuffle(unsigned mask, T value, unsigned source) {
  static_assert(sizeof(T) <= sizeof(std::uint64_t));
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = exchange(mask, bits, source);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace assay::simt

#define threadIdx (::assay::simt::position().thread)
#define blockIdx (::assay::simt::position().block)
#define blockDim (::assay::simt::position().block_size)
#define gridDim (::assay::simt::position().grid_size)

inline void __syncthreads() {
  assay::simt::sync_block();
}
inline void __syncwarp(unsigned mask = 0xffffffffU) {
  assay::simt::exchange(mask, 0, assay::simt::lane());
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lane_mask) {
  return assay::simt::shuffle(mask, value, assay::simt::lane() ^ static_cast<unsigned>(lane_mask));
}
template <class T>
T __shfl_sync(unsigned mask, T value, int source) {
  return assay::simt::shuffle(mask, value, static_cast<unsigned>(source) % assay::simt::warp_size);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta) {
  const unsigned source = assay::simt::lane() + delta;
  return assay::simt::shuffle(mask, value, source < assay::simt::warp_size ? source : assay::simt::lane());
}
inline float __uint_as_float(unsigned bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}
inline unsigned __float_as_uint(float x) {
  unsigned bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

namespace assay::kernels::cuda_module {

/// What launch.cuh's launch is to nvcc, but done on return. The error's text lives until the next launch.
template <class... Parameters, class... Args>
const char* launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, void* /*stream*/, Args... args) {
  static std::string error;
  error = simt::run(grid, block, [&] { kernel(args...); });
  return error.empty() ? nullptr : error.c_str();
}

}  // namespace assay::kernels::cuda_module
