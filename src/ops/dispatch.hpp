// What every operator's dispatch shares.
#pragma once

#include <cstdint>

#include "assay/tensor/device.hpp"
#include "assay/tensor/view.hpp"
#include "assay/util/error.hpp"

namespace assay::ops {

/// Throws Error: this operator runs on the CPU only.
[[noreturn]] inline void no_cuda_kernel(const char* op) {
  throw util::Error(util::ExitCode::usage,
                    fmt::format("no CUDA kernel for {} (it runs on CPU ranks only); use a CPU device", op));
}

/// ASSAY_CHECK of a view's own shape: sizes not negative, rows that do not overlap, memory where there are
/// elements.
template <class T>
void check_view(const tensor::Matrix<T>& view) {
  ASSAY_CHECK(view.rows >= 0 && view.cols >= 0 && view.row_stride >= view.cols);
  ASSAY_CHECK(view.data != nullptr || view.rows == 0 || view.cols == 0);
}

template <class T>
void check_view(const tensor::Heads<T>& view) {
  ASSAY_CHECK(view.rows >= 0 && view.heads >= 0 && view.head_dim >= 0);
  ASSAY_CHECK(view.row_stride >= view.heads * view.head_dim);
  ASSAY_CHECK(view.data != nullptr || view.rows * view.heads * view.head_dim == 0);
}

inline void check_context(const tensor::Context& context) {
  ASSAY_CHECK(context.threads >= 1);
}

}  // namespace assay::ops
