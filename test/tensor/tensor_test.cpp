#include "assay/tensor/tensor.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <limits>
#include <utility>

#include "assay/util/error.hpp"

using namespace assay::tensor;
using assay::util::InputError;

namespace {

bool aligned(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) % 64 == 0;
}

}  // namespace

TEST_CASE("sizes multiply, and an overflow is refused") {
  constexpr auto big = std::numeric_limits<std::int64_t>::max();
  CHECK(element_count({}) == 1);
  CHECK(element_count({0}) == 0);
  CHECK(element_count({2, 3, 5}) == 30);
  CHECK(element_count({big}) == big);
  CHECK(element_count({big, 0}) == 0);
  CHECK_THROWS_AS(element_count({big, 2}), InputError);
  CHECK_THROWS_AS(element_count({std::int64_t{1} << 32, std::int64_t{1} << 31}), InputError);
  CHECK_THROWS_AS(element_count({-1}), InputError);
  CHECK_THROWS_AS(element_count({-1, -1}), InputError);
  CHECK_THROWS_WITH(element_count({4, -2}), Catch::Contains("[4, -2]"));
  CHECK_THROWS_AS(element_count({big, big, 0}), InputError);
  CHECK(to_string(Shape{}) == "[]");
  CHECK(to_string(Shape{4, 64}) == "[4, 64]");
}

// May fail: the multiplication of elements by their size is not checked.
TEST_CASE("a tensor whose bytes do not fit in memory's range is refused") {
  constexpr auto big = std::numeric_limits<std::int64_t>::max();
  CHECK_THROWS(Tensor(DType::f64, {big}));
  CHECK_THROWS(Tensor(DType::f32, {std::int64_t{1} << 62}));
  CHECK_THROWS(Tensor(DType::bf16, {big}));
}

TEST_CASE("buffers are aligned and move") {
  for (const std::size_t size : {1u, 63u, 64u, 65u, 4097u}) {
    Buffer buffer(size);
    CHECK(buffer.size() == size);
    CHECK(aligned(buffer.data()));
    std::memset(buffer.data(), 0x5a, size);
    Buffer moved(std::move(buffer));
    CHECK(buffer.size() == 0);  // NOLINT(bugprone-use-after-move): that is the point
    CHECK(moved.data()[size - 1] == std::byte{0x5a});
    Buffer assigned(3);
    assigned = std::move(moved);
    CHECK(assigned.size() == size);
  }
  CHECK(Buffer().data() == nullptr);
  CHECK(Buffer(0).size() == 0);
}

TEST_CASE("tensors know their shape and refuse another type") {
  const Tensor tensor(DType::bf16, {3, 5});
  CHECK(tensor.elements() == 15);
  CHECK(tensor.bytes().size() == 30);
  CHECK(aligned(tensor.data<BFloat16>()));
  CHECK_THROWS(tensor.data<float>());
  CHECK_THROWS(tensor.data<Float16>());
  CHECK_THROWS(tensor.data<std::int32_t>());
  CHECK(tensor.array().data == tensor.bytes().data());
  CHECK(tensor.array().dtype == DType::bf16);

  const Tensor none;
  CHECK(none.empty());
  CHECK(none.elements() == 0);
  const Tensor no_rows(DType::f32, {0, 7});
  CHECK(no_rows.empty());
  CHECK(no_rows.elements() == 0);
  CHECK(Tensor(DType::f32, {}).elements() == 1);
}

TEST_CASE("floating-point tensors convert to float32") {
  Tensor half(DType::f16, {3});
  half.data<Float16>()[0] = to_float16(1.5F);
  half.data<Float16>()[1] = to_float16(-2.0F);
  half.data<Float16>()[2] = Float16{1};  // the smallest subnormal
  const Tensor wide = half.to_float32();
  CHECK(wide.shape() == Shape{3});
  CHECK(wide.data<float>()[0] == 1.5F);
  CHECK(wide.data<float>()[1] == -2.0F);
  CHECK(wide.data<float>()[2] == 0x1p-24F);
  CHECK(element_as_float(half.array(), 1) == -2.0F);
  CHECK_THROWS(Tensor(DType::i32, {2}).to_float32());
  CHECK(Tensor(DType::i32, {0}).to_float32().empty());
}

TEST_CASE("views step over rows") {
  float data[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const Matrix<float> whole(data, 3, 4);
  CHECK(whole.row(2)[1] == 9);
  const auto middle = whole.columns(1, 2);
  CHECK(middle.cols == 2);
  CHECK(middle.row(1)[0] == 5);
  CHECK(middle.row_range(1, 2).row(1)[1] == 10);
  const Matrix<const float> read_only = middle;
  CHECK(read_only.row(0)[1] == 2);
  const Heads<float> heads{data, 2, 2, 2, 6};
  CHECK(heads.at(1, 1)[0] == 8);
}
