// Which build of the inner loops this machine runs. Every simd/*.cpp is compiled once per instruction set
// into a namespace of its name; nothing else is compiled with more than the baseline.
#pragma once

namespace assay::kernels::cpu {

/// In order: each can run what stands before it.
enum class Isa {
  baseline,     ///< x86-64-v2; no fused multiply-add
  avx2,         ///< x86-64-v3
  avx512,       ///< x86-64-v4; the same bits as avx2
  avx512_bf16,  ///< and the bf16 dot product
  amx,          ///< and bf16 tiles
};

/// The best this machine and its kernel offer, capped by the environment variable ASSAY_CPU_ISA (one of the
/// names above, read once). Throws InputError if that names no instruction set.
[[nodiscard]] Isa isa();
/// The best without the cap.
[[nodiscard]] Isa machine_isa();
/// "avx512_bf16"
[[nodiscard]] const char* name_of(Isa isa);

}  // namespace assay::kernels::cpu

/// Declares the three builds of a constant table of inner loops, and name() which picks this machine's.
// The tables are `extern const`, so that a build's code is reached only through pointers.
#define ASSAY_SIMD_LEAVES(Type, name)                        \
  namespace baseline {                                       \
  extern const Type name;                                    \
  }                                                          \
  namespace avx2 {                                           \
  extern const Type name;                                    \
  }                                                          \
  namespace avx512 {                                         \
  extern const Type name;                                    \
  }                                                          \
  inline const Type& name(Isa level = isa()) {               \
    if (level >= Isa::avx512) return avx512::name;           \
    return level == Isa::avx2 ? avx2::name : baseline::name; \
  }
