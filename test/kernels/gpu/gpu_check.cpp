// Runs the CUDA module's kernels on the GPU through the bodies of the other backends' tests, and measures
// them against a copy of the same bytes. Needs neither Catch nor the project's libraries, so that
// scripts/gpu_check can build it where only nvcc is. Usage: gpu_check libassay_cuda.so. Exit code 0 passed, 1
// failed, 77 no GPU here.
#include <cuda_runtime_api.h>
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

#include "kernels/cuda_rms_norm.hpp"

using namespace assay;

namespace {

void check(cudaError_t error) {
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
}

/// Device memory with a copy of host elements.
template <class T>
class DeviceArray {
 public:
  DeviceArray(const T* from, std::size_t n) : bytes_(n * sizeof(T)) {
    check(cudaMalloc(&data_, bytes_ + 1));
    check(cudaMemcpy(data_, from, bytes_, cudaMemcpyHostToDevice));
  }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;
  ~DeviceArray() { cudaFree(data_); }
  [[nodiscard]] T* data() const { return static_cast<T*>(data_); }
  void copy_to(T* to) const { check(cudaMemcpy(to, data_, bytes_, cudaMemcpyDeviceToHost)); }

 private:
  void* data_ = nullptr;
  std::size_t bytes_;
};

/// Copies the operands over, launches, waits and copies the result back, padding included.
template <class T>
void run_on_device(test::CudaRmsNormLauncher launcher, kernels::CudaRmsNorm args, T* out,
                   std::size_t out_size, const T* x, std::size_t x_size, const T* weight) {
  const DeviceArray<T> d_out(out, out_size);
  const DeviceArray<T> d_x(x, x_size);
  const DeviceArray<T> d_weight(weight, static_cast<std::size_t>(args.cols));
  args.out = d_out.data();
  args.x = d_x.data();
  args.weight = d_weight.data();
  test::launch_or_throw(launcher, args);
  check(cudaDeviceSynchronize());
  d_out.copy_to(out);
}

std::string check_f32(const test::RmsNormCase& c, const kernels::CudaTable& table) {
  const auto kernel = [&](tensor::Matrix<float> out, tensor::Matrix<const float> x,
                          std::span<const float> weight, const ops::RmsNormParams& params) {
    kernels::CudaRmsNorm args = test::cuda_args(x.rows, x.cols, params);
    args.out_stride = out.row_stride;
    args.x_stride = x.row_stride;
    run_on_device(table.rms_norm_f32, args, out.data, test::extent(out.rows, out.cols, out.row_stride),
                  x.data, test::extent(x.rows, x.cols, x.row_stride), weight.data());
  };
  return test::check_rms_norm(c, kernel, test::tolerance(test::OpClass::normalisation), test::keep);
}

std::string check_bf16(const test::RmsNormCase& c, const kernels::CudaTable& table) {
  const auto kernel = [&](tensor::Matrix<float> out, tensor::Matrix<const float> x,
                          std::span<const float> weight, const ops::RmsNormParams& params) {
    test::through_bf16(out, x, weight, [&](auto& out_bits, const auto& x_bits, const auto& weight_bits) {
      kernels::CudaRmsNorm args = test::cuda_args(x.rows, x.cols, params);
      args.out_stride = out.row_stride;
      args.x_stride = x.row_stride;
      run_on_device(table.rms_norm_bf16, args, out_bits.data(), out_bits.size(), x_bits.data(), x_bits.size(),
                    weight_bits.data());
    });
  };
  return test::check_rms_norm(c, kernel, test::tolerance(test::OpClass::normalisation, tensor::DType::bf16),
                              test::round_bf16);
}

/// Milliseconds of one of 20 calls of `enqueue` on the default stream.
template <class Enqueue>
float time_ms(Enqueue&& enqueue) {
  cudaEvent_t begin = nullptr, end = nullptr;
  check(cudaEventCreate(&begin));
  check(cudaEventCreate(&end));
  enqueue();
  check(cudaEventRecord(begin, nullptr));
  for (int i = 0; i < 20; ++i) enqueue();
  check(cudaEventRecord(end, nullptr));
  check(cudaEventSynchronize(end));
  float ms = 0;
  check(cudaEventElapsedTime(&ms, begin, end));
  cudaEventDestroy(begin);
  cudaEventDestroy(end);
  return ms / 20;
}

/// Time of the kernel over the time of copying its input to its output.
float ratio_to_copy(test::CudaRmsNormLauncher launcher, std::int64_t rows, std::int64_t cols,
                    std::size_t element) {
  const std::vector<char> zeros(static_cast<std::size_t>(rows * cols) * element);
  const DeviceArray<char> x(zeros.data(), zeros.size());
  const DeviceArray<char> out(zeros.data(), zeros.size());
  const DeviceArray<char> weight(zeros.data(), static_cast<std::size_t>(cols) * element);
  kernels::CudaRmsNorm args = test::cuda_args(rows, cols, {});
  args.out_stride = cols;
  args.x_stride = cols;
  args.out = out.data();
  args.x = x.data();
  args.weight = weight.data();
  const float kernel = time_ms([&] { test::launch_or_throw(launcher, args); });
  const float copy = time_ms(
      [&] { check(cudaMemcpyAsync(out.data(), x.data(), zeros.size(), cudaMemcpyDeviceToDevice, nullptr)); });
  return kernel / copy;
}

int no_gpu(const char* why) {
  const char* required = std::getenv("ASSAY_REQUIRE_GPU");
  const bool fail = required != nullptr && std::strcmp(required, "1") == 0;
  std::printf("%s: no GPU can be used here (%s)\n", fail ? "FAILED, since ASSAY_REQUIRE_GPU=1" : "SKIPPED",
              why);
  return fail ? 1 : 77;
}

template <class Check>
int report(const char* name, const kernels::CudaTable& table, Check&& check_case) {
  int cases = 0;
  int failed = 0;
  for (const test::RmsNormCase& c : test::rms_norm_cases()) {
    ++cases;
    const std::string wrong = check_case(c, table);
    if (wrong.empty()) continue;
    ++failed;
    std::printf("  %s %s\n", name, wrong.c_str());
  }
  std::printf("%-16s %4d cases %4d failed\n", name, cases, failed);
  return failed;
}

int run(const char* module) {
  int count = 0;
  if (const cudaError_t error = cudaGetDeviceCount(&count); error != cudaSuccess || count == 0) {
    return no_gpu(error == cudaSuccess ? "no device" : cudaGetErrorString(error));
  }
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, 0));
  std::printf("device 0: %s, sm_%d%d\n", properties.name, properties.major, properties.minor);
  void* handle = dlopen(module, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw std::runtime_error(dlerror());
  const auto function =
      reinterpret_cast<kernels::CudaTableFunction>(dlsym(handle, kernels::cuda_table_symbol));
  if (function == nullptr) throw std::runtime_error(std::string(module) + " has no assay_cuda_table");
  const kernels::CudaTable& table = *function();
  if (table.version != kernels::CudaTable::current_version)
    throw std::runtime_error("another version's module");
  const int failed = report("rms_norm f32", table, check_f32) + report("rms_norm bf16", table, check_bf16);
  std::printf("rms_norm [16384, 4096]: time of a copy x %.2f (f32), x %.2f (bf16)\n",
              static_cast<double>(ratio_to_copy(table.rms_norm_f32, 16384, 4096, 4)),
              static_cast<double>(ratio_to_copy(table.rms_norm_bf16, 16384, 4096, 2)));
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: gpu_check libassay_cuda.so\n");
    return 2;
  }
  try {
    return run(argv[1]);
  } catch (const std::exception& e) {
    std::printf("FAILED: %s\n", e.what());
    return 1;
  }
}
