#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

#include "assay/util/error.hpp"
#include "kernels/cpu/simd/isa.hpp"

namespace assay::kernels::cpu {
namespace {

constexpr std::array<const char*, 5> names{"baseline", "avx2", "avx512", "avx512_bf16", "amx"};

/// Linux gives a process the 8 KiB tile registers only on request.
bool request_tiles() {
  constexpr long request_permission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long tile_data = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

bool has_amx_bf16() {
  unsigned a = 7, b = 0, c = 0, d = 0;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  constexpr unsigned bf16_and_tile = (1U << 22) | (1U << 24);
  return (d & bf16_and_tile) == bf16_and_tile && request_tiles();
}

Isa detect() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") == 0 || __builtin_cpu_supports("fma") == 0) return Isa::baseline;
  const bool v4 = __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                  __builtin_cpu_supports("avx512cd") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
                  __builtin_cpu_supports("avx512vl") != 0;
  if (!v4) return Isa::avx2;
  if (__builtin_cpu_supports("avx512bf16") == 0) return Isa::avx512;
  return has_amx_bf16() ? Isa::amx : Isa::avx512_bf16;
}

Isa capped() {
  const Isa best = machine_isa();
  const char* cap = std::getenv("ASSAY_CPU_ISA");
  if (cap == nullptr || *cap == '\0') return best;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::string_view(cap) == names[i]) return best < static_cast<Isa>(i) ? best : static_cast<Isa>(i);
  }
  util::fail_input(
      "ASSAY_CPU_ISA={} names no instruction set; use one of baseline, avx2, avx512, avx512_bf16, amx", cap);
}

}  // namespace

Isa machine_isa() {
  static const Isa best = detect();
  return best;
}

Isa isa() {
  static const Isa level = capped();
  return level;
}

const char* name_of(Isa isa) {
  return names[static_cast<std::size_t>(isa)];
}

}  // namespace assay::kernels::cpu
