// Non-owning typed views. The last dimension is always contiguous; `row_stride` counts elements.
#pragma once

#include <cstdint>

#include "assay/tensor/dtype.hpp"

namespace assay::tensor {

/// [rows, cols] with a row stride >= cols. T may be const.
template <class T>
struct Matrix {
  T* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::int64_t row_stride = 0;

  Matrix() = default;
  Matrix(T* pointer, std::int64_t row_count, std::int64_t col_count)
      : data(pointer), rows(row_count), cols(col_count), row_stride(col_count) {}
  Matrix(T* pointer, std::int64_t row_count, std::int64_t col_count, std::int64_t stride)
      : data(pointer), rows(row_count), cols(col_count), row_stride(stride) {}
  [[nodiscard]] T* row(std::int64_t i) const { return data + i * row_stride; }
  /// Columns [begin, begin + count) of every row.
  [[nodiscard]] Matrix columns(std::int64_t begin, std::int64_t count) const {
    return {data + begin, rows, count, row_stride};
  }
  /// Rows [begin, begin + count).
  [[nodiscard]] Matrix row_range(std::int64_t begin, std::int64_t count) const {
    return {row(begin), count, cols, row_stride};
  }
  operator Matrix<const T>() const { return {data, rows, cols, row_stride}; }  // NOLINT: view of const
};

/// [rows, heads, head_dim]; heads of a row are adjacent, rows `row_stride` elements apart.
template <class T>
struct Heads {
  T* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t row_stride = 0;

  [[nodiscard]] T* at(std::int64_t row, std::int64_t head) const {
    return data + row * row_stride + head * head_dim;
  }
  operator Heads<const T>() const {
    return {data, rows, heads, head_dim, row_stride};
  }  // NOLINT: view of const
};

/// Read-only elements of a dtype known at run time: weights as they lie in a checkpoint.
struct ConstArray {
  const void* data = nullptr;
  DType dtype = DType::f32;
};

}  // namespace assay::tensor
