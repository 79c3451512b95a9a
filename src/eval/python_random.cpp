#include "eval/python_random.hpp"

#include <bit>
#include <cmath>
#include <numeric>
#include <span>
#include <unordered_set>

#include "assay/util/error.hpp"

namespace assay::eval {
namespace {

constexpr std::size_t middle = 397;

std::uint32_t mix(std::uint32_t previous, std::uint32_t factor) {
  return (previous ^ (previous >> 30)) * factor;
}

}  // namespace

PythonRandom::PythonRandom(std::uint64_t seed) {
  // The seed is an array of 32-bit words, lowest first, without leading zero words.
  const std::array<std::uint32_t, 2> words = {static_cast<std::uint32_t>(seed),
                                              static_cast<std::uint32_t>(seed >> 32)};
  const std::span<const std::uint32_t> key(words.data(), words[1] == 0 ? 1 : 2);

  state_[0] = 19650218u;
  for (std::size_t i = 1; i < size; ++i) {
    state_[i] = mix(state_[i - 1], 1812433253u) + static_cast<std::uint32_t>(i);
  }
  std::size_t i = 1;
  std::size_t j = 0;
  for (std::size_t step = 0; step < size; ++step) {
    state_[i] = (state_[i] ^ mix(state_[i - 1], 1664525u)) + key[j] + static_cast<std::uint32_t>(j);
    if (++i >= size) state_[0] = state_[size - 1], i = 1;
    if (++j >= key.size()) j = 0;
  }
  for (std::size_t step = 0; step < size - 1; ++step) {
    state_[i] = (state_[i] ^ mix(state_[i - 1], 1566083941u)) - static_cast<std::uint32_t>(i);
    if (++i >= size) state_[0] = state_[size - 1], i = 1;
  }
  state_[0] = 0x80000000u;
}

void PythonRandom::refill() {
  const auto twist = [this](std::size_t at, std::size_t after, std::size_t from) {
    const std::uint32_t y = (state_[at] & 0x80000000u) | (state_[after] & 0x7fffffffu);
    state_[at] = state_[from] ^ (y >> 1) ^ ((y & 1u) != 0 ? 0x9908b0dfu : 0u);
  };
  for (std::size_t i = 0; i < size - middle; ++i) twist(i, i + 1, i + middle);
  for (std::size_t i = size - middle; i < size - 1; ++i) twist(i, i + 1, i + middle - size);
  twist(size - 1, 0, middle - 1);
  index_ = 0;
}

std::uint32_t PythonRandom::next() {
  if (index_ >= size) refill();
  std::uint32_t y = state_[index_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

double PythonRandom::random() {
  const std::uint32_t high = next() >> 5;
  const std::uint32_t low = next() >> 6;
  return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
}

void PythonRandom::choose(std::uint32_t n, std::span<std::uint32_t> out) {
  const double count = n;
  for (std::uint32_t& chosen : out) chosen = static_cast<std::uint32_t>(random() * count);
}

std::uint64_t PythonRandom::bits(int count) {
  if (count <= 32) return next() >> (32 - count);
  const std::uint64_t low = next();
  return low | (static_cast<std::uint64_t>(next() >> (64 - count)) << 32);
}

std::uint64_t PythonRandom::below(std::uint64_t n) {
  const int width = std::bit_width(n);
  std::uint64_t value = bits(width);
  while (value >= n) value = bits(width);
  return value;
}

std::vector<std::size_t> PythonRandom::sample(std::size_t n, std::size_t k) {
  if (k > n) throw util::Error(util::ExitCode::internal, "a sample larger than its population was asked for");
  std::vector<std::size_t> result;
  result.reserve(k);
  // CPython picks whichever of a list copy and a set of indices takes less memory; the draws differ.
  double set_size = 21;
  if (k > 5) set_size += std::pow(4, std::ceil(std::log(static_cast<double>(k) * 3) / std::log(4.0)));
  if (static_cast<double>(n) <= set_size) {
    std::vector<std::size_t> pool(n);
    std::iota(pool.begin(), pool.end(), std::size_t{0});
    for (std::size_t i = 0; i < k; ++i) {
      const std::size_t j = below(n - i);
      result.push_back(pool[j]);
      pool[j] = pool[n - i - 1];
    }
    return result;
  }
  std::unordered_set<std::size_t> taken;
  while (result.size() < k) {
    const std::size_t j = below(n);
    if (taken.insert(j).second) result.push_back(j);
  }
  return result;
}

void PythonRandom::shuffle(std::span<std::size_t> out) {
  std::iota(out.begin(), out.end(), std::size_t{0});
  for (std::size_t i = out.size(); i-- > 1;) std::swap(out[i], out[below(i + 1)]);
}

}  // namespace assay::eval
