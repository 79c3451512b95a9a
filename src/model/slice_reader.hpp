// Reads row and column ranges of checkpoint tensors, and nothing else of them, refusing NaN and infinity.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "assay/model/sharding.hpp"
#include "assay/tensor/tensor.hpp"
#include "model/checkpoint_files.hpp"

namespace assay::model {

/// For one thread: it counts what it reads.
class SliceReader {
 public:
  /// `files` must outlive the reader.
  explicit SliceReader(const CheckpointFiles& files) : files_(files) {}

  /// dtype of a tensor that check_tensors has accepted.
  [[nodiscard]] tensor::DType dtype(const std::string& name) const;
  /// Rows of a [rows, cols] or [rows] tensor, in the checkpoint's dtype, into `out`, which they must fill.
  void rows(const std::string& name, Range rows, std::span<std::byte> out) const;
  /// Rows as a tensor of their own.
  [[nodiscard]] tensor::Tensor rows(const std::string& name, Range rows) const;
  /// All rows, restricted to a range of columns: [rows, cols.size()].
  [[nodiscard]] tensor::Tensor columns(const std::string& name, Range cols) const;
  /// A whole [n] tensor, or a range of it, in float32.
  [[nodiscard]] tensor::Tensor vector(const std::string& name) const;
  [[nodiscard]] tensor::Tensor vector(const std::string& name, Range range) const;

  /// Bytes read so far.
  [[nodiscard]] std::int64_t bytes_read() const { return bytes_read_; }

 private:
  [[nodiscard]] const TensorLocation& locate(const std::string& name) const;

  const CheckpointFiles& files_;
  mutable std::int64_t bytes_read_ = 0;
};

/// Index of the first NaN or infinity, or -1. bytes: whole elements of a floating-point dtype.
[[nodiscard]] std::int64_t find_non_finite(std::span<const std::byte> bytes, tensor::DType dtype);

}  // namespace assay::model
