// Where memory lives and work runs.
#pragma once

namespace assay::tensor {

enum class DeviceKind { cpu, cuda };

struct Device {
  DeviceKind kind = DeviceKind::cpu;
  int index = 0;
  bool operator==(const Device&) const = default;
};

/// What a kernel may use: the device, its stream, and a number of threads. Kernels neither allocate nor
/// touch globals beyond the OpenMP pool.
struct Context {
  Device device;
  void* stream = nullptr;  ///< cudaStream_t on CUDA; work is enqueued and not waited for. Unused on CPU.
  int threads = 1;         ///< CPU: OpenMP threads a kernel uses
};

}  // namespace assay::tensor
