// RMS normalisation. A row is cut into chunks of 16 bytes; thread t sums chunks t, t + threads, ... in order,
// then shuffles and shared memory add the threads in one fixed tree. The number of threads depends on the
// row's length alone, and the cut does not depend on alignment: neither do the bits of a row.
#include "kernels/cuda/rms_norm.cuh"

#include "kernels/cuda/launch.cuh"

namespace assay::kernels::cuda_module {
namespace {

constexpr int warp = 32;
constexpr int most_threads = 512;  // of a row
constexpr int rows_of_small_block = 8;

/// Sixteen bytes of a row, or fewer at its end.
template <class T>
struct alignas(16) Chunk {
  static constexpr int size = 16 / sizeof(T);
  T element[size];
};

template <class T, bool Aligned>
__device__ Chunk<T> load_chunk(const T* row, std::int64_t begin, std::int64_t n) {
  if constexpr (Aligned) {
    return *reinterpret_cast<const Chunk<T>*>(row + begin);
  } else {
    Chunk<T> chunk;
    for (int i = 0; i < Chunk<T>::size; ++i) {
      chunk.element[i] = begin + i < n ? row[begin + i] : from_float<T>(0.0F);
    }
    return chunk;
  }
}

template <class T, bool Aligned>
__device__ void store_chunk(T* row, std::int64_t begin, std::int64_t n, const Chunk<T>& chunk) {
  if constexpr (Aligned) {
    *reinterpret_cast<Chunk<T>*>(row + begin) = chunk;
  } else {
    for (int i = 0; i < Chunk<T>::size; ++i) {
      if (begin + i < n) row[begin + i] = chunk.element[i];
    }
  }
}

/// Sum over the threads of a row: all of a warp (blockDim.x 32), or all of the block.
__device__ float sum_over_row(float value) {
  for (int step = warp / 2; step > 0; step /= 2) value += __shfl_xor_sync(0xffffffffU, value, step);
  if (blockDim.x == warp) return value;
  __shared__ float of_warp[most_threads / warp];
  if (threadIdx.x % warp == 0) of_warp[threadIdx.x / warp] = value;
  __syncthreads();
  const unsigned warps = blockDim.x / warp;
  float total = threadIdx.x % warp < warps ? of_warp[threadIdx.x % warp] : 0.0F;
  for (int step = warp / 2; step > 0; step /= 2) total += __shfl_xor_sync(0xffffffffU, total, step);
  return total;
}

/// blockDim.x threads a row, blockDim.y rows a block; blockDim.y is 1 unless blockDim.x is one warp, so that
/// a warp never splits at the early return and no barrier follows it.
template <class T, bool Aligned>
__global__ void rms_norm_kernel(CudaRmsNorm args) {
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.x) * blockDim.y + threadIdx.y;
  if (row >= args.rows) return;
  const T* x = static_cast<const T*>(args.x) + row * args.x_stride;
  const T* weight = static_cast<const T*>(args.weight);
  T* out = static_cast<T*>(args.out) + row * args.out_stride;
  constexpr int size = Chunk<T>::size;
  const std::int64_t first = static_cast<std::int64_t>(threadIdx.x) * size;
  const std::int64_t step = static_cast<std::int64_t>(blockDim.x) * size;

  float squares = 0;
  for (std::int64_t begin = first; begin < args.cols; begin += step) {
    const Chunk<T> chunk = load_chunk<T, Aligned>(x, begin, args.cols);
    for (int i = 0; i < size; ++i) {
      const float value = to_float(chunk.element[i]);
      squares = fmaf(value, value, squares);
    }
  }
  const float mean = sum_over_row(squares) / static_cast<float>(args.cols);
  const float scale = 1.0F / sqrtf(mean + args.epsilon);
  // A thread overwrites only what it alone reads from here on: out may be x.
  for (std::int64_t begin = first; begin < args.cols; begin += step) {
    Chunk<T> chunk = load_chunk<T, Aligned>(x, begin, args.cols);
    const Chunk<T> w = load_chunk<T, Aligned>(weight, begin, args.cols);
    for (int i = 0; i < size; ++i) {
      const float factor = to_float(w.element[i]) + args.weight_offset;
      chunk.element[i] = from_float<T>(to_float(chunk.element[i]) * scale * factor);
    }
    store_chunk<T, Aligned>(out, begin, args.cols, chunk);
  }
}

template <class T>
bool aligned(const CudaRmsNorm& args) {
  const auto address = reinterpret_cast<std::uintptr_t>(args.x) | reinterpret_cast<std::uintptr_t>(args.out) |
                       reinterpret_cast<std::uintptr_t>(args.weight);
  const std::int64_t lengths = args.x_stride | args.out_stride | args.cols;
  return address % 16 == 0 && lengths % Chunk<T>::size == 0;
}

template <class T>
const char* rms_norm(void* stream, const CudaRmsNorm& args) {
  if (args.rows == 0 || args.cols == 0) return nullptr;
  const std::int64_t chunks = (args.cols + Chunk<T>::size - 1) / Chunk<T>::size;
  // A warp a row up to four chunks a thread, then more warps, a power of two.
  unsigned threads = warp;
  while (threads < most_threads && threads * 4 < chunks) threads *= 2;
  const unsigned rows = threads == warp ? rows_of_small_block : 1;
  const std::int64_t blocks = (args.rows + rows - 1) / rows;
  if (blocks > 0x7fffffff) return "more rows than a grid has blocks";
  const dim3 grid(static_cast<unsigned>(blocks));
  const dim3 block(threads, rows);
  if (aligned<T>(args)) return launch(rms_norm_kernel<T, true>, grid, block, stream, args);
  return launch(rms_norm_kernel<T, false>, grid, block, stream, args);
}

}  // namespace

const char* rms_norm_f32(void* stream, const CudaRmsNorm& args) {
  return rms_norm<float>(stream, args);
}
const char* rms_norm_bf16(void* stream, const CudaRmsNorm& args) {
  return rms_norm<BFloat16>(stream, args);
}

}  // namespace assay::kernels::cuda_module
