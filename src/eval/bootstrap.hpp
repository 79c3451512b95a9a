// Bootstrap standard errors with lm-evaluation-harness's own random numbers: chunks of 1000 resamples, chunk
// i drawn by random.Random(i).choices, so the result is the same bits as its.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace assay::eval {

/// What lm-eval draws; of bleu, chrf and ter it draws 100 only.
constexpr std::size_t bootstrap_resamples = 100'000;

/// A statistic of a resample, given as the indices of the values it drew. Owns its scratch: one thread has
/// one.
using ResampleStatistic = std::function<double(std::span<const std::uint32_t> drawn)>;

/// Sample standard deviation of a statistic over resamples of `count` values (drawn with replacement, same
/// size). `make` is called once a thread. With `threads` 0, as many as the work is worth; their number never
/// changes the result. 1 <= count < 2^32.
[[nodiscard]] double bootstrap_standard_error(std::size_t count,
                                              const std::function<ResampleStatistic()>& make,
                                              std::size_t resamples = bootstrap_resamples,
                                              unsigned threads = 0);
/// The same, of a statistic of numbers. It may reorder its argument and is called from several threads.
[[nodiscard]] double bootstrap_standard_error(std::span<const double> values,
                                              const std::function<double(std::span<double>)>& statistic,
                                              std::size_t resamples = bootstrap_resamples,
                                              unsigned threads = 0);

/// Python's sum(values) / len(values): added left to right.
[[nodiscard]] double plain_mean(std::span<const double> values);
/// Sample standard deviation (n - 1), by lm-eval's formula. values.size() >= 2.
[[nodiscard]] double sample_deviation(std::span<const double> values);
/// Python's x ** 2, whose last bit can differ from x * x.
[[nodiscard]] double python_square(double x);

}  // namespace assay::eval
