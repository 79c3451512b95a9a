// What this machine reaches without the engine: oneDNN's matrix products, and a plain read of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "assay/model/arch_spec.hpp"
#include "assay/tensor/dtype.hpp"
#include "assay/tensor/tensor.hpp"

namespace assay::bench {

/// The four products of every layer of a model, packed as oneDNN likes, with `rows` rows of input; each layer
/// has weights of its own, as in the model.
class GemmLimit {
 public:
  GemmLimit(const model::ArchSpec& spec, std::int64_t rows, tensor::DType dtype, int threads);
  ~GemmLimit();
  /// One pass through all layers; returns its floating-point operations.
  double pass();
  /// The type oneDNN multiplies: `dtype`, or float32 where it has no bfloat16 products for this CPU.
  [[nodiscard]] tensor::DType dtype() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A buffer as large as what is compared with, so that caches help both alike, read in the order that a short
/// trial found fastest here.
class ReadLimit {
 public:
  ReadLimit(std::int64_t bytes, int threads);
  /// Reads all of it once with all threads; returns the bytes read.
  double pass();
  /// The order chosen, in words.
  [[nodiscard]] std::string how() const;

 private:
  void choose_walk();

  tensor::Buffer buffer_;
  int threads_;
  std::size_t walk_ = 0;
  std::uint64_t seen_ = 0;
};

}  // namespace assay::bench
