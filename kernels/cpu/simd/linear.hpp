// Inner loops of the packed matrix products. Every output is one chain of sums over K in increasing order,
// so its bits depend neither on the number of rows nor on how rows and columns are dealt to threads.
#pragma once

#include <cstdint>

#include "kernels/cpu/simd/isa.hpp"

namespace assay::kernels::cpu {

/// Rows [row_begin, row_end) times panels (16 outputs each) [panel_begin, panel_end).
struct LinearJob {
  const void* x = nullptr;        ///< float [rows, in]; for the dot leaves bf16, zero-padded: see DotLeaf
  std::int64_t x_stride = 0;      ///< elements
  const void* weights = nullptr;  ///< panels: see LinearFormat
  const float* bias = nullptr;    ///< [panels * 16]
  float* out = nullptr;
  std::int64_t out_stride = 0;
  std::int64_t in_features = 0;
  std::int64_t out_features = 0;
  std::int64_t row_begin = 0, row_end = 0;
  std::int64_t panel_begin = 0, panel_end = 0;
};

using LinearLoop = void (*)(const LinearJob& job);

struct LinearLeaf {
  LinearLoop f32;   ///< fp32 panels
  LinearLoop bf16;  ///< bf16 panels widened to fp32: the bits of f32
};
ASSAY_SIMD_LEAVES(LinearLeaf, linear_leaf)

/// bf16 products. x: [rows rounded up to 16, in_features rounded up to 32], zeros beyond the real ones.
struct DotLeaf {
  LinearLoop multiply;
  /// to[i] = bf16(from[i]), nearest even.
  void (*convert)(std::uint16_t* to, const float* from, std::int64_t n);
};
namespace avx512_bf16 {
extern const DotLeaf dot_leaf;
}
namespace amx {
extern const LinearLoop dot_multiply;
}

}  // namespace assay::kernels::cpu
