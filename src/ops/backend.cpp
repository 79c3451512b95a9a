#include "assay/ops/backend.hpp"

#include "assay/util/error.hpp"
#include "kernels/stub/cuda_module.hpp"

namespace assay::ops {

std::string cuda_backend_problem() {
  try {
    (void)kernels::cuda_module();
    return {};
  } catch (const util::Error& error) {
    return error.what();
  }
}

}  // namespace assay::ops
