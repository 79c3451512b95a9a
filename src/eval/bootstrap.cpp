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

unsigned worthwhile_threads(std::size_t draws) {
  return draws < 10'000'000 ? 1 : std::clamp(std::thread::hardware_concurrency(), 1u, max_threads);
}

}  // namespace

double python_square(double x) {
  // Python's power is pow(); the exponent is hidden from the compiler, which would turn it into the product.
  static const volatile double two = 2;
  return std::pow(x, two);
}

double plain_mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double sample_deviation(std::span<const double> values) {
  const double mean = plain_mean(values);
  double sum = 0;
  for (const double value : values) sum += python_square(value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

double bootstrap_standard_error(std::size_t count, const std::function<ResampleStatistic()>& make,
                                std::size_t resamples, unsigned threads) {
  const std::size_t chunk = std::min(chunk_size, resamples);
  const std::size_t chunks = resamples / chunk;
  std::vector<double> results(chunks * chunk);
  struct Worker {
    ResampleStatistic statistic;
    std::vector<std::uint32_t> drawn;
  };
  const auto run_chunk = [&](std::size_t i, Worker& worker) {
    PythonRandom random(i);
    for (std::size_t r = 0; r < chunk; ++r) {
      random.choose(static_cast<std::uint32_t>(count), worker.drawn);
      results[i * chunk + r] = worker.statistic(worker.drawn);
    }
  };
  std::atomic<std::size_t> next = 0;
  const auto work = [&](Worker& worker) {
    for (std::size_t i = next++; i < chunks; i = next++) run_chunk(i, worker);
  };
  // Threads only help where there is work for them; every chunk has its own generator and place.
  if (threads == 0) threads = worthwhile_threads(resamples * count);
  // Allocated here: what a thread throws ends the process.
  std::vector<Worker> workers;
  for (unsigned t = 0; t < threads; ++t) workers.push_back({make(), std::vector<std::uint32_t>(count)});
  {
    std::vector<std::jthread> helpers;
    for (unsigned t = 1; t < threads; ++t) helpers.emplace_back([&work, &mine = workers[t]] { work(mine); });
    work(workers[0]);
  }
  return sample_deviation(results);
}

double bootstrap_standard_error(std::span<const double> values,
                                const std::function<double(std::span<double>)>& statistic,
                                std::size_t resamples, unsigned threads) {
  const auto make = [&]() -> ResampleStatistic {
    return [values, &statistic,
            drawn = std::vector<double>(values.size())](std::span<const std::uint32_t> indices) mutable {
      for (std::size_t i = 0; i < indices.size(); ++i) drawn[i] = values[indices[i]];
      return statistic(drawn);
    };
  };
  return bootstrap_standard_error(values.size(), make, resamples, threads);
}

}  // namespace assay::eval
