// The two reports of bench_engine.
#pragma once

#include <filesystem>

#include "assay/comm/communicator.hpp"
#include "bench/bench_options.hpp"

namespace assay::bench {

/// One rank: prefill as a share of oneDNN's GEMM, decoding as a share of a plain read of memory.
void compare_with_machine(const BenchOptions& options, const std::filesystem::path& folder, int threads);

/// Several ranks of one host: tensor parallelism against rank 0 alone with all the ranks' threads.
void compare_with_one_rank(const BenchOptions& options, const std::filesystem::path& folder,
                           comm::Communicator& world);

}  // namespace assay::bench
