#include "kernels/stub/cuda_module.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "assay/util/error.hpp"

namespace assay::kernels {
namespace {

namespace fs = std::filesystem;

constexpr const char* file_name = "libassay_cuda.so";

std::optional<fs::path> find_module() {
  if (const char* named = std::getenv("ASSAY_CUDA_MODULE"); named != nullptr && *named != '\0') return named;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return std::nullopt;
  const fs::path folder = program.parent_path();
  for (const fs::path& place : {folder / "../lib/assay", folder / "../lib", folder / "lib"}) {
    if (fs::exists(place / file_name, error)) return place / file_name;
  }
  return std::nullopt;
}

const CudaTable& load() {
  const std::optional<fs::path> path = find_module();
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
