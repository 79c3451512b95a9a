// How far a backend may be from ref, per class of operator and element type of its results. The one table.
#pragma once

#include "assay/tensor/dtype.hpp"

namespace assay::test {

enum class OpClass {
  exact,            ///< moves and single roundings: add, embedding, kv_store
  rotation,         ///< two products and a sum
  normalisation,    ///< a mean of squares, a root, two products
  activation,       ///< an exponential and a quotient
  attention,        ///< dot products, softmax, a weighted mean
  product,          ///< matrix product; `absolute` is per term of the sum, for terms of about 1
  log_probability,  ///< log of a sum of exponentials
};

struct Tolerance {
  double absolute;
  double relative;
};

/// |actual - expected| may be absolute + relative * |expected|.
[[nodiscard]] constexpr Tolerance tolerance(OpClass op, tensor::DType dtype = tensor::DType::f32) {
  Tolerance f32{};
  switch (op) {
    case OpClass::exact:
      f32 = {0, 0};
      break;
    case OpClass::rotation:
      f32 = {2e-7, 2e-7};
      break;
    case OpClass::normalisation:
      f32 = {1e-9, 1e-6};
      break;
    case OpClass::activation:
      f32 = {1e-8, 2e-6};
      break;
    case OpClass::attention:
      f32 = {3e-6, 3e-6};
      break;
    case OpClass::product:
      f32 = {1.2e-7, 1e-6};
      break;
    case OpClass::log_probability:
      f32 = {2e-7, 2e-7};
      break;
  }
  if (dtype == tensor::DType::bf16) f32.relative += 1.0 / 256;  // one rounding of the result, either way
  return f32;
}

}  // namespace assay::test
