// Launchers of the RMS normalisation, entered in the module's table.
#pragma once

#include "kernels/cuda/table.hpp"

namespace assay::kernels::cuda_module {

/// Each sums in fp32 and rounds its results once. nullptr, or the error's text.
const char* rms_norm_f32(void* stream, const CudaRmsNorm& args);
const char* rms_norm_bf16(void* stream, const CudaRmsNorm& args);

}  // namespace assay::kernels::cuda_module
