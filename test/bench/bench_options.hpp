// What bench_engine is asked to measure.
#pragma once

#include <cstdint>
#include <optional>

#include "assay/tensor/dtype.hpp"
#include "bench/random_model.hpp"

namespace assay::bench {

struct BenchOptions {
  ModelSizes sizes;
  tensor::DType dtype = tensor::DType::f32;
  int rounds = 5;
  int threads = 0;  ///< of a rank; 0: its share of the cores
  int tp = 0;       ///< 0: the number of ranks
  std::int64_t batch_tokens = 512;
  std::int64_t prompts = 8;
  std::int64_t prompt_tokens = 256;
  std::int64_t decode_tokens = 48;
};

/// Empty if --help was asked for and printed. Throws InputError.
[[nodiscard]] std::optional<BenchOptions> parse_options(int argc, char** argv);

}  // namespace assay::bench
