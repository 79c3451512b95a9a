#include "assay/tensor/tensor.hpp"

#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#include "assay/util/error.hpp"

namespace assay::tensor {

std::int64_t element_count(const Shape& shape) {
  std::int64_t product = 1;
  for (const std::int64_t size : shape) {
    util::check_input(size >= 0 && !__builtin_mul_overflow(product, size, &product),
                      "shape {} is too large or negative", to_string(shape));
  }
  return product;
}

std::string to_string(const Shape& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

Buffer::Buffer(std::size_t bytes) : size_(bytes) {
  if (bytes == 0) return;
  data_ = static_cast<std::byte*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
  if (data_ == nullptr) throw std::bad_alloc();
}

Buffer::Buffer(Buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Buffer::~Buffer() {
  std::free(data_);
}

namespace {

std::size_t byte_count(const Shape& shape, DType dtype) {
  constexpr std::size_t largest = std::size_t{1}
                                  << 48;  // beyond any machine's memory; keeps sums from wrapping
  const auto count = static_cast<std::size_t>(element_count(shape));
  util::check_input(count <= largest / size_of(dtype), "a {} tensor of shape {} is too large", name_of(dtype),
                    to_string(shape));
  return count * size_of(dtype);
}

}  // namespace

Tensor::Tensor(DType dtype, Shape shape)
    : dtype_(dtype), shape_(std::move(shape)), buffer_(byte_count(shape_, dtype)) {}

std::int64_t Tensor::elements() const {
  return empty() ? 0 : element_count(shape_);
}

template <class T>
T* Tensor::data() const {
  constexpr DType wanted = std::is_same_v<T, float>      ? DType::f32
                           : std::is_same_v<T, BFloat16> ? DType::bf16
                           : std::is_same_v<T, Float16>  ? DType::f16
                                                         : DType::i32;
  ASSAY_CHECK(dtype_ == wanted);
  return reinterpret_cast<T*>(buffer_.data());
}
template float* Tensor::data<float>() const;
template BFloat16* Tensor::data<BFloat16>() const;
template Float16* Tensor::data<Float16>() const;
template std::int32_t* Tensor::data<std::int32_t>() const;

float element_as_float(ConstArray array, std::int64_t i) {
  switch (array.dtype) {
    case DType::f32:
      return static_cast<const float*>(array.data)[i];
    case DType::bf16:
      return to_float(static_cast<const BFloat16*>(array.data)[i]);
    case DType::f16:
      return to_float(static_cast<const Float16*>(array.data)[i]);
    default:
      util::fail_internal("{} is not a floating-point dtype of weights", name_of(array.dtype));
  }
}

Tensor Tensor::to_float32() const {
  Tensor result(DType::f32, shape_);
  const std::int64_t count = elements();
  float* out = result.data<float>();
  for (std::int64_t i = 0; i < count; ++i) out[i] = element_as_float(array(), i);
  return result;
}

}  // namespace assay::tensor
