// Conversions, over all bit patterns, against definitions written with exact arithmetic in double.
#include "assay/tensor/dtype.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

using namespace assay::tensor;

namespace {

// Value of a small binary float by its definition; every one is exact in double.
double decode(unsigned bits, int exponent_bits, int mantissa_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const unsigned mantissa = bits & ((1u << mantissa_bits) - 1u);
  const int exponent = static_cast<int>((bits >> mantissa_bits) & ((1u << exponent_bits) - 1u));
  const double sign = (bits & 0x8000u) != 0 ? -1.0 : 1.0;
  if (exponent == (1 << exponent_bits) - 1) {
    return mantissa != 0 ? std::numeric_limits<double>::quiet_NaN()
                         : sign * std::numeric_limits<double>::infinity();
  }
  const double fraction = static_cast<double>(mantissa) / static_cast<double>(1 << mantissa_bits);
  return sign * (exponent == 0 ? std::ldexp(fraction, 1 - bias) : std::ldexp(1 + fraction, exponent - bias));
}

bool same(double a, double b) {
  return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

// Nearest of two neighbours, the one with an even last bit on a tie, checked through exact midpoints.
template <class Convert, class Decode>
void check_rounding(unsigned bits, Convert convert, Decode value) {
  const double low = value(bits);
  const double high = value(bits + 1);
  const auto middle = static_cast<float>((low + high) / 2);
  const unsigned even = (bits & 1u) == 0 ? bits : bits + 1;
  const bool ok = convert(middle) == even &&
                  convert(std::nextafter(middle, static_cast<float>(low))) == bits &&
                  convert(std::nextafter(middle, static_cast<float>(high))) == bits + 1;
  if (!ok) FAIL_CHECK("wrong rounding between " << low << " and " << high);
}

}  // namespace

TEST_CASE("every float16 converts to its value and back to its bits") {
  unsigned wrong = 0;
  for (unsigned bits = 0; bits < 0x10000u; ++bits) {
    const double expected = decode(bits, 5, 10);
    const float value = to_float(Float16{static_cast<std::uint16_t>(bits)});
    const unsigned back = to_float16(value).bits;
    const bool round_trip = std::isnan(expected)
                                ? std::isnan(to_float(Float16{static_cast<std::uint16_t>(back)})) &&
                                      (back & 0x8000u) == (bits & 0x8000u)
                                : back == bits;
    if (!same(value, expected) || !round_trip) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("every bfloat16 converts to its value and back to its bits") {
  unsigned wrong = 0;
  for (unsigned bits = 0; bits < 0x10000u; ++bits) {
    const double expected = decode(bits, 8, 7);
    const float value = to_float(BFloat16{static_cast<std::uint16_t>(bits)});
    const unsigned back = to_bfloat16(value).bits;
    const bool round_trip = std::isnan(expected)
                                ? std::isnan(to_float(BFloat16{static_cast<std::uint16_t>(back)})) &&
                                      (back & 0x8000u) == (bits & 0x8000u)
                                : back == bits;
    if (!same(value, expected) || !round_trip) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("float16 rounds to nearest even between all neighbours") {
  const auto convert = [](float value) { return unsigned{to_float16(value).bits}; };
  const auto value = [](unsigned bits) { return decode(bits, 5, 10); };
  for (unsigned bits = 0; bits < 0x7bffu; ++bits) {
    check_rounding(bits, convert, value);
  }
  CHECK(to_float16(65504.0F).bits == 0x7bff);
  CHECK(to_float16(std::nextafter(65520.0F, 0.0F)).bits == 0x7bff);  // the midpoint to 2^16
  CHECK(to_float16(65520.0F).bits == 0x7c00);
  CHECK(to_float16(-1e30F).bits == 0xfc00);
  CHECK(to_float16(std::ldexp(1.0F, -25)).bits == 0);  // half the smallest: ties to even
  CHECK(to_float16(std::nextafter(std::ldexp(1.0F, -25), 1.0F)).bits == 1);
  CHECK(to_float16(-std::numeric_limits<float>::denorm_min()).bits == 0x8000);
}

TEST_CASE("bfloat16 rounds to nearest even between all neighbours") {
  const auto convert = [](float value) { return unsigned{to_bfloat16(value).bits}; };
  const auto value = [](unsigned bits) { return decode(bits, 8, 7); };
  for (unsigned bits = 0; bits < 0x7f7fu; ++bits) {
    check_rounding(bits, convert, value);
  }
  CHECK(to_bfloat16(std::numeric_limits<float>::max()).bits == 0x7f80);
  CHECK(to_bfloat16(-std::numeric_limits<float>::infinity()).bits == 0xff80);
}

TEST_CASE("a NaN stays one whatever its payload") {
  for (const std::uint32_t bits : {0x7f800001u, 0xff800001u, 0x7fffffffu, 0xffffffffu, 0x7fc00000u}) {
    const auto nan = std::bit_cast<float>(bits);
    CHECK(std::isnan(to_float(to_bfloat16(nan))));
    CHECK(std::isnan(to_float(to_float16(nan))));
  }
}

TEST_CASE("names and sizes agree") {
  const std::vector<std::pair<DType, std::size_t>> sizes{
      {DType::f32, 4}, {DType::bf16, 2}, {DType::f16, 2}, {DType::i32, 4},     {DType::i64, 8},
      {DType::i8, 1},  {DType::u8, 1},   {DType::f64, 8}, {DType::f8_e4m3, 1}, {DType::f8_e5m2, 1}};
  for (const auto& [dtype, size] : sizes) {
    CHECK(size_of(dtype) == size);
    CHECK(parse_dtype(name_of(dtype)) == dtype);
    CHECK(parse_dtype("torch." + std::string(name_of(dtype))) == dtype);
  }
  CHECK(parse_dtype("bf16") == DType::bf16);
  CHECK(parse_dtype("half") == DType::f16);
  CHECK(parse_dtype("fp32") == DType::f32);
  for (const char* unknown : {"", "torch.", "Float32", "float3", "bfloat16 ", "torch.torch.float32"}) {
    CHECK_FALSE(parse_dtype(unknown).has_value());
  }
  CHECK_THROWS(size_of(static_cast<DType>(10)));
}
