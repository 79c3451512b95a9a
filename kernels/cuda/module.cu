// The module's one exported function: its table.
#include "kernels/cuda/rms_norm.cuh"

namespace {

constexpr assay::kernels::CudaTable table{assay::kernels::CudaTable::current_version,
                                          assay::kernels::cuda_module::rms_norm_f32,
                                          assay::kernels::cuda_module::rms_norm_bf16};

}  // namespace

extern "C" __attribute__((visibility("default"))) const assay::kernels::CudaTable* assay_cuda_table() {
  return &table;
}
