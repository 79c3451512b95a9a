// The CUDA module seen from a program that does not link CUDA: found and loaded on first use.
#pragma once

#include "kernels/cuda/table.hpp"

namespace assay::kernels {

/// The module's functions. Looked for at $ASSAY_CUDA_MODULE if set, else beside the program in ../lib/assay,
/// ../lib and lib. Throws Error "built without CUDA" if there is none, or with the loader's reason if it does
/// not load or is of another version.
[[nodiscard]] const CudaTable& cuda_module();

/// Throws Error(internal) if `error`, the result of a launch, is not nullptr.
void check_launch(const char* operation, const char* error);

}  // namespace assay::kernels
