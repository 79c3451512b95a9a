#include "assay/ops/linear.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "assay/util/error.hpp"
#include "kernels/linear.hpp"
#include "kernels/support.hpp"

using namespace assay;
using Catch::Contains;
using tensor::DType;

namespace {

constexpr std::int64_t in = 70, out_features = 45, rows = 9;

struct Weights {
  explicit Weights(std::uint32_t seed) {
    test::Values values(seed);
    for (float x : values.vector(in * out_features)) {
      // Held exactly by all three types.
      x = tensor::to_float(tensor::to_bfloat16(static_cast<float>(static_cast<int>(x * 64)) / 64));
      f32.push_back(x);
      bf16.push_back(tensor::to_bfloat16(x));
      f16.push_back(tensor::to_float16(x));
    }
    bias = values.vector(out_features);
  }
  [[nodiscard]] tensor::ConstArray array(DType dtype) const {
    if (dtype == DType::f32) return {f32.data(), dtype};
    if (dtype == DType::bf16) return {bf16.data(), dtype};
    return {f16.data(), dtype};
  }
  std::vector<float> f32, bias;
  std::vector<tensor::BFloat16> bf16;
  std::vector<tensor::Float16> f16;
};

}  // namespace

TEST_CASE("PackedLinear gives the same bits for weights of any dtype that hold the same values") {
  const Weights weights(1);
  test::Values values(2);
  test::Sheet x(rows, in, 1, values);
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t k = 0; k < in; ++k) {
      x.view().row(i)[k] = tensor::to_float(tensor::to_bfloat16(x.view().row(i)[k]));
    }
  }
  test::Sheet expected(rows, out_features, 0);
  kernels::ref::linear({}, expected.view(), x.view(), weights.array(DType::f32), weights.bias);
  std::vector<DType> computes{DType::f32};
  if (ops::preferred_cpu_dtype() == DType::bf16) computes.push_back(DType::bf16);
  for (const DType compute : computes) {
    test::Sheet first(rows, out_features, 0);
    ops::PackedLinear({}, weights.array(DType::f32), out_features, in, compute, weights.bias)
        .apply({}, first.view(), x.view());
    test::Tolerance allowed = test::tolerance(test::OpClass::product);
    allowed.absolute *= static_cast<double>(in);
    CHECK(test::difference(first.view(), expected.view(), allowed) == "");
    for (const DType dtype : {DType::bf16, DType::f16}) {
      const ops::PackedLinear packed({}, weights.array(dtype), out_features, in, compute, weights.bias);
      test::Sheet out(rows, out_features, 1);
      packed.apply({}, out.view(), x.view());
      CHECK(test::same_bits(out.view(), first.view()));
      CHECK(packed.out_features() == out_features);
      CHECK(packed.in_features() == in);
    }
  }
}

TEST_CASE("PackedLinear keeps bf16 weights at half the bytes of float") {
  const Weights weights(3);
  const ops::PackedLinear wide({}, weights.array(DType::f32), out_features, in, DType::f32);
  const ops::PackedLinear narrow({}, weights.array(DType::bf16), out_features, in, DType::f32);
  CHECK(wide.bytes() == 48 * (in * 4 + 4));
  CHECK(narrow.bytes() == 48 * (in * 2 + 4));
}

TEST_CASE("PackedLinear moves, and does nothing for no rows") {
  const Weights weights(4);
  ops::PackedLinear a({}, weights.array(DType::f32), out_features, in, DType::f32);
  ops::PackedLinear b;
  CHECK(b.bytes() == 0);
  b = std::move(a);
  CHECK(b.out_features() == out_features);
  CHECK_NOTHROW(b.apply({}, {nullptr, 0, out_features}, {nullptr, 0, in}));
  float x = 0;
  CHECK_THROWS_AS(ops::PackedLinear().apply({}, {&x, 1, 1}, {&x, 1, 1}), util::Error);
}

TEST_CASE("PackedLinear refuses types the CPU does not multiply in") {
  const Weights weights(5);
  CHECK_THROWS_WITH(ops::PackedLinear({}, weights.array(DType::f16), out_features, in, DType::f16),
                    Contains("float16 is not a type the CPU multiplies in"));
  if (ops::preferred_cpu_dtype() == DType::f32) {
    CHECK_THROWS_WITH(ops::PackedLinear({}, weights.array(DType::f32), out_features, in, DType::bf16),
                      Contains("cannot multiply in bfloat16"));
  }
}
