// Owning host tensors: dtype, shape, 64-byte aligned storage. Move-only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/tensor/dtype.hpp"
#include "assay/tensor/view.hpp"

namespace assay::tensor {

/// Sizes of the dimensions, slowest first. Empty means a scalar.
using Shape = std::vector<std::int64_t>;

/// Product of the sizes; throws InputError on overflow or a negative size.
[[nodiscard]] std::int64_t element_count(const Shape& shape);
/// "[4, 64]"
[[nodiscard]] std::string to_string(const Shape& shape);

/// 64-byte aligned host memory, uninitialised. Move-only.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t bytes);
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();
  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A dense row-major host tensor that owns its elements.
class Tensor {
 public:
  Tensor() = default;
  Tensor(DType dtype, Shape shape);
  [[nodiscard]] DType dtype() const { return dtype_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::int64_t elements() const;
  [[nodiscard]] bool empty() const { return buffer_.size() == 0; }
  [[nodiscard]] std::span<std::byte> bytes() const { return {buffer_.data(), buffer_.size()}; }
  /// Typed pointer; throws Error(internal) if T is not the tensor's dtype. T: float, BFloat16, Float16,
  /// int32_t.
  template <class T>
  [[nodiscard]] T* data() const;
  [[nodiscard]] ConstArray array() const { return {buffer_.data(), dtype_}; }
  /// float32 copy of a floating-point tensor.
  [[nodiscard]] Tensor to_float32() const;

 private:
  DType dtype_ = DType::f32;
  Shape shape_;
  Buffer buffer_;
};

/// Reads element `i` of a floating-point array as float.
[[nodiscard]] float element_as_float(ConstArray array, std::int64_t i);

}  // namespace assay::tensor
