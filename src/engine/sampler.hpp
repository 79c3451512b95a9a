// Draws a token from a row of logits. The random number depends on (seed, token index) alone, never on the
// batch, the rank or what was drawn before.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "assay/engine/request.hpp"

namespace assay::engine {

/// Uniform in [0, 1), with 53 random bits, from the counter-based generator Philox4x32-10 (Salmon et al.
/// 2011, "Parallel random numbers: as easy as 1, 2, 3") with key `seed` and counter `index`.
[[nodiscard]] double uniform_at(std::uint64_t seed, std::uint64_t index);

/// Temperature, then top-k, then top-p, as transformers' logits warpers do (ties at the k-th score are kept;
/// top-p keeps the most probable tokens until their sum reaches it, at least one), then the inverse of the
/// cumulative distribution in vocabulary order, in double precision.
class Sampler {
 public:
  explicit Sampler(std::int64_t vocab);
  /// logits: [vocab], the largest finite, the others finite or -inf. params.temperature > 0.
  [[nodiscard]] TokenId sample(std::span<const float> logits, const SamplingParams& params,
                               std::uint64_t token_index);
  /// Probabilities that sample() draws from; [vocab]. Valid until the next call.
  [[nodiscard]] std::span<const double> distribution(std::span<const float> logits,
                                                     const SamplingParams& params);

  /// Bytes of scratch memory for a vocabulary of this size.
  [[nodiscard]] static std::int64_t bytes(std::int64_t vocab);

 private:
  void keep_top_k(std::span<const float> logits, std::int32_t k);
  void keep_top_p(double p);

  std::vector<double> weights_;      // [vocab] probabilities; 0: removed
  std::vector<std::int32_t> order_;  // [vocab]
};

}  // namespace assay::engine
