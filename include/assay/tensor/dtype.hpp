// Element types, and scalar conversions between them and float.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::tensor {

/// Element type of a tensor. Stored in journals and images: never renumber.
enum class DType : std::uint8_t {
  f32 = 0,
  bf16 = 1,
  f16 = 2,
  i32 = 3,
  i64 = 4,
  i8 = 5,
  u8 = 6,
  f64 = 7,
  f8_e4m3 = 8,
  f8_e5m2 = 9
};

[[nodiscard]] std::size_t size_of(DType dtype);
/// "float32", "bfloat16", "float16", ...: the names of torch and of `--dtype`.
[[nodiscard]] std::string_view name_of(DType dtype);
/// Inverse of name_of; also accepts "torch.bfloat16" and the short forms fp32, bf16, fp16, half, float.
[[nodiscard]] std::optional<DType> parse_dtype(std::string_view name);

/// bfloat16 storage: the upper half of an IEEE binary32.
struct BFloat16 {
  std::uint16_t bits = 0;
};
/// IEEE binary16 storage.
struct Float16 {
  std::uint16_t bits = 0;
};

[[nodiscard]] inline float to_float(BFloat16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}
/// Round to nearest even; NaN stays NaN.
[[nodiscard]] inline BFloat16 to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return {static_cast<std::uint16_t>((bits >> 16) | 0x40u)};
  return {static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16)};
}
[[nodiscard]] float to_float(Float16 value);
/// Round to nearest even; overflow gives infinity.
[[nodiscard]] Float16 to_float16(float value);

}  // namespace assay::tensor
