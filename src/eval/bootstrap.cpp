#include "eval/bootstrap.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <thread>
#include <vector>

#include "eval/python_random.hpp"

namespace assay::eval {
namespace {

constexpr std::size_t chunk_size = 1000;
constexpr unsigned max_threads = 16;

// Python's x ** 2 is pow(), whose last bit can differ from x * x; the exponent is hidden from the compiler,
// which would turn it into the product.
double squared(double x) {
  static const volatile double two = 2;
  return std::pow(x, two);
}

}  // namespace

double plain_mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double sample_deviation(std::span<const double> values) {
  const double mean = plain_mean(values);
  double sum = 0;
  for (const double value : values) sum += squared(value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

double bootstrap_standard_error(std::span<const double> values,
                                const std::function<double(std::span<double>)>& statistic,
                                std::size_t resamples, unsigned threads) {
  const std::size_t chunk = std::min(chunk_size, resamples);
  const std::size_t chunks = resamples / chunk;
  std::vector<double> results(chunks * chunk);
  const auto run_chunk = [&](std::size_t i, std::vector<double>& drawn) {
    PythonRandom random(i);
    const auto count = static_cast<double>(values.size());
    for (std::size_t r = 0; r < chunk; ++r) {
      for (double& value : drawn) value = values[static_cast<std::size_t>(random.random() * count)];
      results[i * chunk + r] = statistic(drawn);
    }
  };
  std::atomic<std::size_t> next = 0;
  const auto work = [&](std::vector<double>& drawn) {
    for (std::size_t i = next++; i < chunks; i = next++) run_chunk(i, drawn);
  };
  // Threads only help where there is work for them; every chunk has its own generator and place.
  const std::size_t draws = resamples * values.size();
  if (threads == 0)
    threads = draws < 10'000'000 ? 1 : std::clamp(std::thread::hardware_concurrency(), 1u, max_threads);
  // Allocated here: what a thread throws ends the process.
  std::vector<std::vector<double>> drawn(threads, std::vector<double>(values.size()));
  {
    std::vector<std::jthread> helpers;
    for (unsigned t = 1; t < threads; ++t) helpers.emplace_back([&work, &mine = drawn[t]] { work(mine); });
    work(drawn[0]);
  }
  return sample_deviation(results);
}

}  // namespace assay::eval
