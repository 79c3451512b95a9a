#include <catch2/catch.hpp>

#include "kernels/cpu/simd/isa.hpp"
#include "kernels/cpu/simd/linear.hpp"
#include "kernels/linear.hpp"
#include "kernels/support.hpp"

using namespace assay;
using kernels::cpu::LinearFormat;

namespace {

tensor::Context threads(int n) {
  tensor::Context context;
  context.threads = n;
  return context;
}

float round_bf16(float x) {
  return tensor::to_float(tensor::to_bfloat16(x));
}

std::vector<LinearFormat> formats() {
  std::vector<LinearFormat> result{LinearFormat::f32, LinearFormat::bf16};
  if (kernels::cpu::has_bf16_dot()) {
    result.push_back(LinearFormat::bf16_dot);
  } else {
    WARN("bf16 products not tested: neither AMX nor AVX512-BF16 here, or ASSAY_CPU_ISA forbids them");
  }
  return result;
}

struct Shape {
  std::int64_t in;
  std::int64_t out;
};

/// Sizes about panels (16), pairs, K steps (32) and register blocks.
const std::vector<Shape> shapes{{1, 1},   {2, 3},   {7, 5},   {16, 7},    {31, 16},  {32, 17},   {33, 33},
                                {37, 53}, {64, 64}, {65, 31}, {100, 100}, {127, 48}, {255, 130}, {512, 96}};

/// Weights and inputs that bf16 holds exactly, so that one ref result serves all formats.
struct Problem {
  Problem(Shape s, std::int64_t rows, std::int64_t padding)
      : shape(s), values(static_cast<std::uint32_t>(s.in * 1000 + s.out)), x(rows, s.in, padding, values) {
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t k = 0; k < s.in; ++k) x.view().row(i)[k] = round_bf16(x.view().row(i)[k]);
    }
    weight = values.vector(s.in * s.out);
    bias = values.vector(s.out);
    for (float& w : weight) {
      w = round_bf16(w);
      weight_bf16.push_back(tensor::to_bfloat16(w));
    }
  }
  [[nodiscard]] tensor::ConstArray array(LinearFormat format) const {
    if (format == LinearFormat::f32) return {weight.data(), tensor::DType::f32};
    return {weight_bf16.data(), tensor::DType::bf16};
  }
  [[nodiscard]] kernels::cpu::LinearWeights pack(LinearFormat format, bool with_bias) const {
    return kernels::cpu::pack_linear(threads(2), array(format), shape.out, shape.in, format,
                                     with_bias ? std::span<const float>(bias) : std::span<const float>());
  }
  Shape shape;
  test::Values values;
  test::Sheet x;
  std::vector<float> weight, bias;
  std::vector<tensor::BFloat16> weight_bf16;
};

test::Tolerance allowed(std::int64_t in) {
  test::Tolerance t = test::tolerance(test::OpClass::product);
  t.absolute *= static_cast<double>(in);
  return t;
}

}  // namespace

TEST_CASE("ref linear on values done by hand") {
  const std::vector<float> weight{1, 2, 3, 4, 5, 6};  // [3, 2]
  const std::vector<float> bias{0.5F, 0, -1};
  const std::vector<float> x{1, 1, 2, -1};
  std::vector<float> out(6, test::nan_value);
  kernels::ref::linear({}, {out.data(), 2, 3}, {x.data(), 2, 2}, {weight.data(), tensor::DType::f32}, bias);
  CHECK(out == std::vector<float>{3.5F, 7, 10, 0.5F, 2, 3});
  kernels::ref::linear({}, {out.data(), 2, 3}, {x.data(), 2, 2}, {weight.data(), tensor::DType::f32}, {});
  CHECK(out == std::vector<float>{3, 7, 11, 0, 2, 4});
}

TEST_CASE("cpu linear is ref's at awkward sizes in every format") {
  for (const LinearFormat format : formats()) {
    for (const Shape& shape : shapes) {
      for (const std::int64_t rows : {1, 2, 13, 16, 33}) {
        Problem problem(shape, rows, 1);
        const bool with_bias = rows % 2 == 1;
        test::Sheet expected(rows, shape.out, 0), out(rows, shape.out, 3);
        kernels::ref::linear({}, expected.view(), problem.x.view(), problem.array(format),
                             with_bias ? std::span<const float>(problem.bias) : std::span<const float>());
        kernels::cpu::linear(threads(3), out.view(), problem.x.view(), problem.pack(format, with_bias));
        CAPTURE(static_cast<int>(format), shape.in, shape.out, rows);
        CHECK(test::difference(out.view(), expected.view(), allowed(shape.in)) == "");
        CHECK(out.surroundings_untouched());
      }
    }
  }
}

TEST_CASE("linear without inputs is its bias") {
  const std::vector<float> bias{1, 2, 3};
  for (const LinearFormat format : formats()) {
    const auto weights = kernels::cpu::pack_linear({}, {nullptr, tensor::DType::f32}, 3, 0, format, bias);
    std::vector<float> out(6, test::nan_value);
    kernels::cpu::linear({}, {out.data(), 2, 3}, {nullptr, 2, 0}, weights);
    CHECK(out == std::vector<float>{1, 2, 3, 1, 2, 3});
  }
}

TEST_CASE("bits of a row of linear depend neither on the other rows nor on threads") {
  const std::vector<Shape> some{{1, 1}, {33, 17}, {37, 53}, {100, 100}, {576, 200}, {255, 1000}, {1536, 96}};
  for (const LinearFormat format : formats()) {
    for (const Shape& shape : some) {
      Problem problem(shape, 500, 3);
      const auto weights = problem.pack(format, true);
      test::Sheet all(500, shape.out, 0);
      kernels::cpu::linear(threads(2), all.view(), problem.x.view(), weights);
      for (const std::int64_t rows : {1, 2, 3, 7, 15, 16, 17, 31, 33, 64, 100, 129, 500}) {
        const std::int64_t begin = (500 - rows) / 2;
        // Threads at a few sizes only: each start takes long where other programs hold the cores.
        for (const int n : rows == 33 || rows == 500 ? std::vector<int>{1, 2, 5} : std::vector<int>{1}) {
          test::Sheet out(rows, shape.out, 1);
          kernels::cpu::linear(threads(n), out.view(), problem.x.view().row_range(begin, rows), weights);
          CAPTURE(static_cast<int>(format), shape.in, shape.out, rows, n);
          CHECK(test::same_bits(out.view(), all.view().row_range(begin, rows)));
        }
      }
    }
  }
}

TEST_CASE("a NaN in one row of linear stays in it") {
  for (const LinearFormat format : formats()) {
    Problem problem({64, 40}, 35, 0);
    const auto weights = problem.pack(format, false);
    test::Sheet before(35, 40, 0), after(35, 40, 0);
    kernels::cpu::linear({}, before.view(), problem.x.view(), weights);
    problem.x.view().row(17)[5] = test::nan_value;
    kernels::cpu::linear({}, after.view(), problem.x.view(), weights);
    CHECK(std::isnan(after.view().row(17)[39]));
    CHECK(test::same_bits(after.view().row_range(0, 17), before.view().row_range(0, 17)));
    CHECK(test::same_bits(after.view().row_range(18, 17), before.view().row_range(18, 17)));
  }
}

TEST_CASE("fp32 linear: bf16 storage has the bits of f32, AVX2 those of AVX-512") {
  Problem problem({300, 77}, 29, 1);
  const auto as_f32 = problem.pack(LinearFormat::f32, true);
  test::Sheet a(29, 77, 0), b(29, 77, 0);
  kernels::cpu::linear({}, a.view(), problem.x.view(), as_f32);
  kernels::cpu::linear({}, b.view(), problem.x.view(), problem.pack(LinearFormat::bf16, true));
  CHECK(test::same_bits(a.view(), b.view()));

  if (kernels::cpu::machine_isa() < kernels::cpu::Isa::avx512) {
    WARN("AVX-512 not compared: this machine has none");
    return;
  }
  kernels::cpu::LinearJob job;
  job.x = problem.x.view().data;
  job.x_stride = problem.x.view().row_stride;
  job.weights = as_f32.data.data();
  job.bias = reinterpret_cast<const float*>(as_f32.bias.data());
  job.in_features = 300;
  job.out_features = 77;
  job.row_end = 29;
  job.panel_end = 5;
  job.out_stride = 77;
  job.out = a.view().data;
  kernels::cpu::avx2::linear_leaf.f32(job);
  job.out = b.view().data;
  kernels::cpu::avx512::linear_leaf.f32(job);
  CHECK(test::same_bits(a.view(), b.view()));
}
