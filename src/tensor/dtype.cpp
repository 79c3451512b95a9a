#include "assay/tensor/dtype.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "assay/util/error.hpp"

namespace assay::tensor {
namespace {

struct Row {
  DType dtype;
  std::size_t size;
  std::string_view name;
};

constexpr std::array<Row, 10> rows{{{DType::f32, 4, "float32"},
                                    {DType::bf16, 2, "bfloat16"},
                                    {DType::f16, 2, "float16"},
                                    {DType::i32, 4, "int32"},
                                    {DType::i64, 8, "int64"},
                                    {DType::i8, 1, "int8"},
                                    {DType::u8, 1, "uint8"},
                                    {DType::f64, 8, "float64"},
                                    {DType::f8_e4m3, 1, "float8_e4m3fn"},
                                    {DType::f8_e5m2, 1, "float8_e5m2"}}};

const Row& row_of(DType dtype) {
  const auto index = static_cast<std::size_t>(dtype);
  ASSAY_CHECK(index < rows.size() && rows[index].dtype == dtype);
  return rows[index];
}

}  // namespace

std::size_t size_of(DType dtype) {
  return row_of(dtype).size;
}
std::string_view name_of(DType dtype) {
  return row_of(dtype).name;
}

std::optional<DType> parse_dtype(std::string_view name) {
  if (name.starts_with("torch.")) name.remove_prefix(6);
  for (const Row& row : rows) {
    if (row.name == name) return row.dtype;
  }
  if (name == "fp32" || name == "float") return DType::f32;
  if (name == "bf16") return DType::bf16;
  if (name == "fp16" || name == "half") return DType::f16;
  return std::nullopt;
}

float to_float(Float16 value) {
  const std::uint32_t sign = static_cast<std::uint32_t>(value.bits & 0x8000u) << 16;
  const std::uint32_t exponent = (value.bits >> 10) & 0x1fu;
  const std::uint32_t mantissa = value.bits & 0x3ffu;
  if (exponent == 0) {  // zero and subnormals: mantissa * 2^-24
    const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide_exponent = exponent == 31 ? 255u : exponent + 112u;
  return std::bit_cast<float>(sign | (wide_exponent << 23) | (mantissa << 13));
}

Float16 to_float16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return {static_cast<std::uint16_t>(sign | 0x7e00u)};
  if (magnitude >= 0x477ff000u) return {static_cast<std::uint16_t>(sign | 0x7c00u)};  // rounds to infinity
  if (magnitude < 0x38800000u) {  // subnormal: nearbyint rounds half to even in the default mode
    const float scaled = std::ldexp(std::bit_cast<float>(magnitude), 24);
    return {static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(std::nearbyint(scaled)))};
  }
  const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
  return {static_cast<std::uint16_t>(sign | ((rounded - 0x38000000u) >> 13))};
}

}  // namespace assay::tensor
