// add, embedding and rope.
#include <catch2/catch.hpp>
#include <cstring>

#include "kernels/add.hpp"
#include "kernels/embedding.hpp"
#include "kernels/rope.hpp"
#include "kernels/support.hpp"

using namespace assay;

namespace {

tensor::Context threads(int n) {
  tensor::Context context;
  context.threads = n;
  return context;
}

}  // namespace

TEST_CASE("add: ref by hand, cpu equal to ref") {
  std::vector<float> x{1, 2, 3, 4};
  const std::vector<float> y{10, 20, 30, 40};
  kernels::ref::add({}, {x.data(), 2, 2}, {y.data(), 2, 2});
  CHECK(x == std::vector<float>{11, 22, 33, 44});

  test::Values values(1);
  for (const std::int64_t n : test::awkward_sizes()) {
    test::Sheet a(5, n, 1, values);
    test::Sheet b = a;
    test::Sheet other(5, n, 2, values);
    kernels::ref::add({}, a.view(), other.view());
    kernels::cpu::add(threads(2), b.view(), other.view());
    CHECK(test::same_bits(a.view(), b.view()));
    CHECK(b.surroundings_untouched());
  }
  kernels::cpu::add({}, {x.data(), 0, 2}, {y.data(), 0, 2});
  CHECK(x[0] == 11);
}

TEST_CASE("embedding looks up its slice of the vocabulary in every dtype") {
  const std::vector<float> table{1, 2, 3, 4, 5, 6};  // ids 10, 11, 12
  std::vector<tensor::BFloat16> bf16;
  std::vector<tensor::Float16> f16;
  for (const float x : table) {
    bf16.push_back(tensor::to_bfloat16(x));
    f16.push_back(tensor::to_float16(x));
  }
  const std::vector<std::int32_t> ids{12, 9, 10, 13, -1, 11};
  const std::vector<float> expected{5, 6, 0, 0, 1, 2, 0, 0, 0, 0, 3, 4};
  for (const tensor::ConstArray& weight : {tensor::ConstArray{table.data(), tensor::DType::f32},
                                           tensor::ConstArray{bf16.data(), tensor::DType::bf16},
                                           tensor::ConstArray{f16.data(), tensor::DType::f16}}) {
    for (const auto kernel : {kernels::ref::embedding, kernels::cpu::embedding}) {
      std::vector<float> out(12, test::nan_value);
      kernel({}, {out.data(), 6, 2}, {weight, 3, 10}, ids);
      CHECK(out == expected);
      kernel({}, {out.data(), 0, 2}, {weight, 3, 10}, {});
    }
  }
}

TEST_CASE("ref rope on values done by hand") {
  // Position 1 turns by 90 degrees, position 0 not at all; the last dimension is not rotated.
  const std::vector<float> cosines{1, 1, 0, 0};
  const std::vector<float> sines{0, 0, 1, 1};
  const ops::RopeTable table{cosines, sines, 4};
  const std::vector<std::int32_t> positions{1, 0};
  std::vector<float> x{1, 2, 3, 4, 9, 1, 2, 3, 4, 9};
  kernels::ref::rope({}, {x.data(), 2, 1, 5, 5}, positions, table, ops::RopeStyle::neox);
  CHECK(x == std::vector<float>{-3, -4, 1, 2, 9, 1, 2, 3, 4, 9});
  x = {1, 2, 3, 4, 9, 1, 2, 3, 4, 9};
  kernels::ref::rope({}, {x.data(), 2, 1, 5, 5}, positions, table, ops::RopeStyle::interleaved);
  CHECK(x == std::vector<float>{-2, 1, -4, 3, 9, 1, 2, 3, 4, 9});
}

TEST_CASE("cpu rope is ref's at awkward sizes") {
  test::Values values(2);
  for (const std::int64_t head_dim : {2, 6, 31, 64, 100, 128}) {
    for (const std::int64_t rotary : {std::int64_t{0}, std::int64_t{2}, head_dim / 2 * 2}) {
      std::vector<float> cosines, sines;
      for (std::int64_t i = 0; i < 10 * rotary / 2; ++i) {
        cosines.push_back(std::cos(0.1F * static_cast<float>(i)));
        sines.push_back(std::sin(0.1F * static_cast<float>(i)));
      }
      std::vector<std::int32_t> positions;
      for (int i = 0; i < 7; ++i) positions.push_back(static_cast<std::int32_t>(values.below(10)));
      for (const ops::RopeStyle style : {ops::RopeStyle::neox, ops::RopeStyle::interleaved}) {
        test::Sheet a(7, 3 * head_dim, 1, values);
        test::Sheet b = a;
        kernels::ref::rope({}, a.heads(3), positions, {cosines, sines, rotary}, style);
        kernels::cpu::rope(threads(2), b.heads(3), positions, {cosines, sines, rotary}, style);
        CHECK(test::difference(b.view(), a.view(), test::tolerance(test::OpClass::rotation)) == "");
        CHECK(b.surroundings_untouched());
      }
    }
  }
}
