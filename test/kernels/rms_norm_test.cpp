#include <catch2/catch.hpp>

#include "kernels/cpu/simd/rms_norm.hpp"
#include "kernels/rms_norm_cases.hpp"
#include "support/skip.hpp"

using namespace assay;

TEST_CASE("ref rms_norm on values done by hand") {
  // mean of squares of (3, 4) is 12.5; with epsilon 12.5 the divisor is 5.
  const std::vector<float> x{3, 4};
  const std::vector<float> weight{1, 2};
  std::vector<float> out(2, test::nan_value);
  kernels::ref::rms_norm({}, {out.data(), 1, 2}, {x.data(), 1, 2}, weight, {12.5F, 0});
  CHECK(out[0] == Approx(0.6));
  CHECK(out[1] == Approx(1.6));
  kernels::ref::rms_norm({}, {out.data(), 1, 2}, {x.data(), 1, 2}, weight, {12.5F, 1});
  CHECK(out[0] == Approx(1.2));
  CHECK(out[1] == Approx(2.4));
}

TEST_CASE("cpu rms_norm is ref's at awkward sizes") {
  for (const int threads : {1, 3}) {
    tensor::Context context;
    context.threads = threads;
    for (const test::RmsNormCase& c : test::rms_norm_cases()) {
      const auto kernel = [&](auto out, auto x, auto weight, const auto& params) {
        kernels::cpu::rms_norm(context, out, x, weight, params);
      };
      CHECK(test::check_rms_norm(c, kernel, test::tolerance(test::OpClass::normalisation), test::keep) == "");
    }
  }
}

TEST_CASE("cpu rms_norm works in place and by rows") {
  test::Values values(5);
  test::Sheet x(300, 65, 1, values);
  const std::vector<float> weight = values.vector(65);
  test::Sheet out(300, 65, 0);
  tensor::Context two;
  two.threads = 2;
  kernels::cpu::rms_norm(two, out.view(), x.view(), weight, {});
  for (std::int64_t i = 0; i < 300; i += 37) {
    test::Sheet one(1, 65, 0);
    kernels::cpu::rms_norm({}, one.view(), x.view().row_range(i, 1), weight, {});
    CHECK(test::same_bits(one.view(), out.view().row_range(i, 1)));
  }
  kernels::cpu::rms_norm({}, x.view(), x.view(), weight, {});
  CHECK(test::same_bits(x.view(), out.view()));
}

TEST_CASE("rms_norm has the same bits with AVX2 and AVX-512") {
  if (kernels::cpu::machine_isa() < kernels::cpu::Isa::avx512) {
    return assay::test::skip("this machine has no AVX-512");
  }
  test::Values values(9);
  for (const std::int64_t n : test::awkward_sizes()) {
    const std::vector<float> x = values.vector(n);
    const std::vector<float> weight = values.vector(n);
    std::vector<float> a(x.size()), b(x.size());
    kernels::cpu::avx2::rms_norm_leaf.row(a.data(), x.data(), weight.data(), n, 1e-6F, 0.5F);
    kernels::cpu::avx512::rms_norm_leaf.row(b.data(), x.data(), weight.data(), n, 1e-6F, 0.5F);
    CHECK(a == b);
  }
}
