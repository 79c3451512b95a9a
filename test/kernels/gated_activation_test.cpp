#include <catch2/catch.hpp>

#include "kernels/cpu/simd/gated_activation.hpp"
#include "kernels/gated_activation.hpp"
#include "kernels/support.hpp"
#include "support/skip.hpp"

using namespace assay;
using ops::Activation;

namespace {

constexpr Activation all[] = {Activation::silu, Activation::gelu, Activation::gelu_tanh, Activation::relu};

float ref_of(Activation activation, float gate, float up) {
  const std::vector<float> in{gate, up};
  float out = test::nan_value;
  kernels::ref::gated_activation({}, {&out, 1, 1}, {in.data(), 1, 2}, activation);
  return out;
}

}  // namespace

TEST_CASE("ref gated_activation on known values") {
  CHECK(ref_of(Activation::silu, 0, 5) == 0);
  CHECK(ref_of(Activation::silu, 1, 2) == Approx(2 * 0.7310585786).epsilon(1e-7));
  CHECK(ref_of(Activation::gelu, 1, 1) == Approx(0.8413447461).epsilon(1e-7));       // Phi(1)
  CHECK(ref_of(Activation::gelu_tanh, 1, 1) == Approx(0.8411919906).epsilon(1e-7));  // torch
  CHECK(ref_of(Activation::relu, -1, 3) == 0);
  CHECK(ref_of(Activation::relu, 2, 3) == 6);
}

TEST_CASE("cpu gated_activation is ref's at awkward sizes and far out") {
  tensor::Context context;
  context.threads = 2;
  test::Values values(3);
  for (const Activation activation : all) {
    for (const std::int64_t n : test::awkward_sizes()) {
      test::Sheet in(4, 2 * n, 1, values);
      // Row 1 is stretched over -100 .. 100, where exponentials underflow and overflow.
      for (std::int64_t j = 0; j < n; ++j) in.view().row(1)[j] *= 40;
      test::Sheet expected(4, n, 0);
      test::Sheet out(4, n, 3);
      kernels::ref::gated_activation({}, expected.view(), in.view(), activation);
      kernels::cpu::gated_activation(context, out.view(), in.view(), activation);
      CAPTURE(static_cast<int>(activation), n);
      CHECK(test::difference(out.view(), expected.view(), test::tolerance(test::OpClass::activation)) == "");
      CHECK(out.surroundings_untouched());
    }
  }
}

TEST_CASE("gated_activation passes NaN on") {
  const std::vector<float> in{test::nan_value, 1};
  for (const Activation activation : all) {
    float out = 0;
    kernels::cpu::gated_activation({}, {&out, 1, 1}, {in.data(), 1, 2}, activation);
    CHECK(std::isnan(out));
  }
}

TEST_CASE("gated_activation has the same bits with AVX2 and AVX-512") {
  if (kernels::cpu::machine_isa() < kernels::cpu::Isa::avx512) {
    return assay::test::skip("this machine has no AVX-512");
  }
  test::Values values(4);
  std::vector<float> gate = values.vector(4003);
  for (float& x : gate) x *= 8;
  const std::vector<float> up = values.vector(4003);
  const auto& low = kernels::cpu::avx2::gated_activation_leaf;
  const auto& high = kernels::cpu::avx512::gated_activation_leaf;
  for (const auto member :
       {&kernels::cpu::GatedActivationLeaf::silu, &kernels::cpu::GatedActivationLeaf::gelu,
        &kernels::cpu::GatedActivationLeaf::gelu_tanh}) {
    std::vector<float> a(gate.size()), b(gate.size());
    (low.*member)(a.data(), gate.data(), up.data(), 4003);
    (high.*member)(b.data(), gate.data(), up.data(), 4003);
    CHECK(a == b);
  }
}
