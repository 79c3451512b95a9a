#include "engine/sampler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "assay/util/error.hpp"

namespace assay::engine {

namespace {

using Counter = std::array<std::uint32_t, 4>;

Counter philox_round(const Counter& c, std::uint32_t key0, std::uint32_t key1) {
  const std::uint64_t product0 = std::uint64_t{0xD2511F53} * c[0];
  const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * c[2];
  return {static_cast<std::uint32_t>(product1 >> 32) ^ c[1] ^ key0, static_cast<std::uint32_t>(product1),
          static_cast<std::uint32_t>(product0 >> 32) ^ c[3] ^ key1, static_cast<std::uint32_t>(product0)};
}

Counter philox(Counter counter, std::uint64_t key) {
  auto key0 = static_cast<std::uint32_t>(key);
  auto key1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    counter = philox_round(counter, key0, key1);
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
  return counter;
}

}  // namespace

double uniform_at(std::uint64_t seed, std::uint64_t index) {
  const Counter words =
      philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), 0, 0}, seed);
  const std::uint64_t bits = (std::uint64_t{words[1]} << 32 | words[0]) >> 11;
  return static_cast<double>(bits) * 0x1p-53;
}

Sampler::Sampler(std::int64_t vocab) {
  ASSAY_CHECK(vocab > 0 && vocab <= INT32_MAX);
  weights_.resize(static_cast<std::size_t>(vocab));
  order_.resize(static_cast<std::size_t>(vocab));
}

std::int64_t Sampler::bytes(std::int64_t vocab) {
  return vocab * static_cast<std::int64_t>(sizeof(double) + sizeof(std::int32_t));
}

void Sampler::keep_top_k(std::span<const float> logits, std::int32_t k) {
  if (k <= 0 || static_cast<std::size_t>(k) >= logits.size()) return;
  std::iota(order_.begin(), order_.end(), 0);
  std::nth_element(order_.begin(), order_.begin() + (k - 1), order_.end(),
                   [&](std::int32_t a, std::int32_t b) {
                     return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
                   });
  const float threshold = logits[static_cast<std::size_t>(order_[static_cast<std::size_t>(k - 1)])];
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] < threshold) weights_[i] = 0;
  }
}

void Sampler::keep_top_p(double p) {
  if (p >= 1) return;
  const auto weight = [&](std::int32_t i) -> double& { return weights_[static_cast<std::size_t>(i)]; };
  auto end = order_.begin();
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    if (weights_[i] > 0) *end++ = static_cast<std::int32_t>(i);
  }
  std::sort(order_.begin(), end, [&](std::int32_t a, std::int32_t b) {
    return weight(a) != weight(b) ? weight(a) > weight(b) : a < b;
  });
  const double enough = p * std::accumulate(weights_.begin(), weights_.end(), 0.0);
  double before = 0;
  for (auto token = order_.begin(); token != end; ++token) {
    const double own = weight(*token);
    if (token != order_.begin() && before >= enough) weight(*token) = 0;
    before += own;
  }
}

std::span<const double> Sampler::distribution(std::span<const float> logits, const SamplingParams& params) {
  ASSAY_CHECK(logits.size() == weights_.size() && params.temperature > 0);
  const double largest = *std::max_element(logits.begin(), logits.end());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    weights_[i] = std::exp((logits[i] - largest) / params.temperature);
  }
  keep_top_k(logits, params.top_k);
  keep_top_p(params.top_p);
  const double total = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (double& weight : weights_) weight /= total;
  return weights_;
}

TokenId Sampler::sample(std::span<const float> logits, const SamplingParams& params,
                        std::uint64_t token_index) {
  const auto probabilities = distribution(logits, params);
  const double u = uniform_at(params.seed, token_index);
  double cumulative = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] <= 0) continue;
    last = i;
    cumulative += probabilities[i];
    if (u < cumulative) break;
  }
  return static_cast<TokenId>(last);  // rounding may leave the sum just below u: the last token that remains
}

}  // namespace assay::engine
