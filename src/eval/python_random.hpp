// Python's random.Random, bit for bit: few-shot draws and bootstrap resamples have to be those of
// lm-evaluation-harness. MT19937 (Matsumoto and Nishimura 1998) seeded by init_by_array, as CPython does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::eval {

class PythonRandom {
 public:
  /// random.Random(seed) for a non-negative integer.
  explicit PythonRandom(std::uint64_t seed);
  /// 32 random bits.
  std::uint32_t next();
  /// random(): 53 bits in [0, 1).
  double random();
  /// choices(range(n), k=len(out)), n >= 1: floor(random() * n) each.
  void choose(std::uint32_t n, std::span<std::uint32_t> out);
  /// getrandbits(bits), 1 <= bits <= 64.
  std::uint64_t bits(int count);
  /// randrange(n), n >= 1.
  std::uint64_t below(std::uint64_t n);
  /// sample(range(n), k): distinct indices in the order drawn. k <= n.
  std::vector<std::size_t> sample(std::size_t n, std::size_t k);
  /// shuffle(list) for a list of `out.size()` items: the places in the old list of the items of the new one.
  void shuffle(std::span<std::size_t> out);

 private:
  static constexpr std::size_t size = 624;
  void refill();

  std::array<std::uint32_t, size> state_{};
  std::size_t index_ = size;
};

}  // namespace assay::eval
