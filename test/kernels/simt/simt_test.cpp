// The emulator itself: kernels whose results are known, and mistakes it must see.
#include "kernels/simt/simt.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <vector>

using namespace assay;
using kernels::cuda_module::launch;

namespace {

__global__ void write_index(int* out) {
  const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  const unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  out[block * blockDim.x * blockDim.y * blockDim.z + thread] += static_cast<int>(block * 1000 + thread);
}

__global__ void reverse(int* values) {
  __shared__ int copy[96];
  copy[threadIdx.x] = values[threadIdx.x];
  __syncthreads();
  values[threadIdx.x] = copy[blockDim.x - 1 - threadIdx.x];
}

__global__ void reverse_without_barrier(int* values) {
  __shared__ int copy[96];
  copy[threadIdx.x] = values[threadIdx.x];
  values[threadIdx.x] = copy[blockDim.x - 1 - threadIdx.x];
}

__global__ void warp_sums(int* values) {
  int sum = values[threadIdx.x];
  for (int step = 16; step > 0; step /= 2) sum += __shfl_xor_sync(0xffffffffU, sum, step);
  const int first = __shfl_sync(0xffffffffU, values[threadIdx.x], 0);
  const int next = __shfl_down_sync(0xffffffffU, values[threadIdx.x], 1);
  values[threadIdx.x] = sum * 10000 + first * 100 + next;
}

__global__ void half_reach_the_barrier(int*) {
  if (threadIdx.x < 16) __syncthreads();
}

__global__ void half_reach_the_shuffle(int* values) {
  if (threadIdx.x < 16) values[0] = __shfl_xor_sync(0xffffffffU, 1, 1);
}

__global__ void fails(int*) {
  __syncthreads();
  if (threadIdx.x == 5) throw std::runtime_error("thread five");
  __syncthreads();
}

std::vector<int> iota(int n) {
  std::vector<int> result;
  for (int i = 0; i < n; ++i) result.push_back(i);
  return result;
}

}  // namespace

TEST_CASE("SIMT: every thread of every block runs once, with its indices") {
  std::vector<int> out(2 * 3 * 2 * 4 * 3 * 2, 0);
  REQUIRE(launch(write_index, dim3(2, 3, 2), dim3(4, 3, 2), nullptr, out.data()) == nullptr);
  for (std::size_t i = 0; i < out.size(); ++i) CHECK(out[i] == static_cast<int>(i / 24 * 1000 + i % 24));
}

TEST_CASE("SIMT: barriers order shared memory, and a missing one shows") {
  std::vector<int> expected = iota(96);
  std::reverse(expected.begin(), expected.end());
  for (const simt::Order order : {simt::Order::ascending, simt::Order::descending}) {
    simt::set_order(order);
    std::vector<int> values = iota(96);
    REQUIRE(launch(reverse, dim3(1), dim3(96), nullptr, values.data()) == nullptr);
    CHECK(values == expected);
    // Other values than the other order's: shared memory keeps what the last block left.
    values.assign(96, order == simt::Order::ascending ? 7 : 8);
    values.front() = 1;
    values.back() = 2;
    std::vector<int> reversed(values.rbegin(), values.rend());
    REQUIRE(launch(reverse_without_barrier, dim3(1), dim3(96), nullptr, values.data()) == nullptr);
    CHECK(values != reversed);
  }
  simt::set_order(simt::Order::ascending);
}

TEST_CASE("SIMT: shuffles exchange within a warp") {
  std::vector<int> values = iota(64);
  REQUIRE(launch(warp_sums, dim3(1), dim3(64), nullptr, values.data()) == nullptr);
  CHECK(values[0] == 496 * 10000 + 1);            // 0 + ... + 31; first 0; next 1
  CHECK(values[31] == 496 * 10000 + 31);          // the last lane keeps its own
  CHECK(values[32] == 1520 * 10000 + 3200 + 33);  // 32 + ... + 63
}

TEST_CASE("SIMT: mistakes are errors, and the next launch works") {
  std::vector<int> values = iota(32);
  for (const auto kernel : {half_reach_the_barrier, half_reach_the_shuffle}) {
    const char* error = launch(kernel, dim3(1), dim3(32), nullptr, values.data());
    REQUIRE(error != nullptr);
    CHECK(std::string(error) == "a barrier or shuffle that not all of its threads reach");
  }
  const char* error = launch(fails, dim3(1), dim3(32), nullptr, values.data());
  REQUIRE(error != nullptr);
  CHECK(std::string(error) == "thread five");
  values = iota(32);
  CHECK(launch(warp_sums, dim3(1), dim3(32), nullptr, values.data()) == nullptr);
}
