#include "kernels/stub/cuda_module.hpp"

#include <dlfcn.h>

#include "assay/util/error.hpp"
#include "assay/util/module.hpp"

namespace assay::kernels {
namespace {

const CudaTable& load() {
  const auto path = util::find_module("libassay_cuda.so", "ASSAY_CUDA_MODULE");
  if (!path) {
    throw util::Error(
        util::ExitCode::usage,
        "no CUDA kernels (built without CUDA: no libassay_cuda.so beside the program); use a CPU "
        "device, or build where nvcc is found");
  }
  // Never closed: its kernels are used until the process ends.
  void* handle = dlopen(path->c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    throw util::Error(util::ExitCode::usage,
                      fmt::format("the CUDA module does not load ({}); check ASSAY_CUDA_MODULE and "
                                  "LD_LIBRARY_PATH, or use a CPU device",
                                  dlerror()));
  }
  const auto function = reinterpret_cast<CudaTableFunction>(dlsym(handle, cuda_table_symbol));
  const CudaTable* table = function == nullptr ? nullptr : function();
  if (table == nullptr || table->version != CudaTable::current_version) {
    throw util::Error(
        util::ExitCode::usage,
        fmt::format("{} is not this program's CUDA module (version {}, wanted {}); install both "
                    "from one build",
                    path->string(), table == nullptr ? 0 : table->version, CudaTable::current_version));
  }
  return *table;
}

}  // namespace

const CudaTable& cuda_module() {
  static const CudaTable& table = load();
  return table;
}

void check_launch(const char* operation, const char* error) {
  if (error != nullptr) util::fail_internal("CUDA kernel {} failed to start ({})", operation, error);
}

}  // namespace assay::kernels
