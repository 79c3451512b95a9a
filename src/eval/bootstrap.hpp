// Bootstrap standard errors with lm-evaluation-harness's own random numbers: chunks of 1000 resamples, chunk
// i drawn by random.Random(i).choices, so the result is the same bits as its.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace assay::eval {

/// Sample standard deviation of `statistic` over resamples of `values` (drawn with replacement, same size).
/// With `threads` 0, as many as the work is worth; their number never changes the result.
/// `statistic` may reorder its argument and is called from several threads. values.size() >= 1.
[[nodiscard]] double bootstrap_standard_error(std::span<const double> values,
                                              const std::function<double(std::span<double>)>& statistic,
                                              std::size_t resamples = 100'000, unsigned threads = 0);

/// Python's sum(values) / len(values): added left to right.
[[nodiscard]] double plain_mean(std::span<const double> values);
/// Sample standard deviation (n - 1), by lm-eval's formula. values.size() >= 2.
[[nodiscard]] double sample_deviation(std::span<const double> values);

}  // namespace assay::eval
