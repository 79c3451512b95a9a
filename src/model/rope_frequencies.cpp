// Rotary frequencies as transformers' modeling_rope_utils computes them. Every step is rounded to fp32 there,
// and far positions multiply that rounding, so the steps here round alike.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "assay/model/arch_spec.hpp"
#include "assay/util/error.hpp"

namespace assay::model {
namespace {

// base^(2i / dim), the reciprocal of the unscaled frequencies.
std::vector<float> base_powers(double base, std::int64_t dim) {
  std::vector<float> powers(static_cast<std::size_t>(dim / 2));
  for (std::size_t i = 0; i < powers.size(); ++i) {
    const float exponent = static_cast<float>(2 * i) / static_cast<float>(dim);
    powers[i] = static_cast<float>(std::pow(static_cast<double>(static_cast<float>(base)), exponent));
  }
  return powers;
}

std::vector<float> llama3(std::vector<float> inverse, const RopeScaling& scaling) {
  const auto old_length = static_cast<float>(scaling.original_max_positions);
  const auto low = static_cast<float>(scaling.low_freq_factor);
  const auto high = static_cast<float>(scaling.high_freq_factor);
  const auto factor = static_cast<float>(scaling.factor);
  const auto longest =
      static_cast<float>(static_cast<double>(scaling.original_max_positions) / scaling.low_freq_factor);
  const auto shortest =
      static_cast<float>(static_cast<double>(scaling.original_max_positions) / scaling.high_freq_factor);
  for (float& frequency : inverse) {
    const float wavelength = static_cast<float>(2 * std::numbers::pi) / frequency;
    if (wavelength > longest) {
      frequency /= factor;
    } else if (wavelength >= shortest) {
      const float smooth = (old_length / wavelength - low) / (high - low);
      frequency = (1 - smooth) * frequency / factor + smooth * frequency;
    }
  }
  return inverse;
}

// Dimension whose wavelength makes `rotations` turns over `length` positions (Peng et al. 2023,
// arXiv:2309.00071).
double correction_dimension(double rotations, double dim, double base, double length) {
  return dim * std::log(length / (rotations * 2 * std::numbers::pi)) / (2 * std::log(base));
}

std::vector<float> yarn(const RopeSpec& spec) {
  const RopeScaling& scaling = spec.scaling;
  const auto dim = static_cast<double>(spec.rotary_dim);
  const auto length = static_cast<double>(scaling.original_max_positions);
  double low = correction_dimension(scaling.beta_fast, dim, spec.theta, length);
  double high = correction_dimension(scaling.beta_slow, dim, spec.theta, length);
  if (scaling.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, dim - 1);
  if (low == high) high += 0.001;  // the ramp becomes a step
  std::vector<float> inverse = base_powers(spec.theta, spec.rotary_dim);
  for (std::size_t i = 0; i < inverse.size(); ++i) {
    const float ramp = (static_cast<float>(i) - static_cast<float>(low)) / static_cast<float>(high - low);
    const float keep = 1 - std::clamp(ramp, 0.0f, 1.0f);
    const float interpolated = 1 / (static_cast<float>(scaling.factor) * inverse[i]);
    inverse[i] = interpolated * (1 - keep) + 1 / inverse[i] * keep;
  }
  return inverse;
}

double yarn_magnitude(double factor, double weight) {
  return factor <= 1 ? 1 : 0.1 * weight * std::log(factor) + 1;
}

double attention_factor(const RopeScaling& scaling) {
  if (scaling.kind != RopeScalingKind::yarn && scaling.kind != RopeScalingKind::longrope) return 1;
  if (scaling.attention_factor) return *scaling.attention_factor;
  if (scaling.kind == RopeScalingKind::longrope) {
    if (scaling.factor <= 1) return 1;
    return std::sqrt(1 + std::log(scaling.factor) /
                             std::log(static_cast<double>(scaling.original_max_positions)));
  }
  const double mscale = scaling.mscale.value_or(0);
  const double mscale_all_dim = scaling.mscale_all_dim.value_or(0);
  if (mscale != 0 && mscale_all_dim != 0) {
    return yarn_magnitude(scaling.factor, mscale) / yarn_magnitude(scaling.factor, mscale_all_dim);
  }
  return yarn_magnitude(scaling.factor, 1);
}

// Neural-tangent-kernel-aware base for a run whose longest sequence has `positions` tokens.
double dynamic_base(const RopeSpec& spec, std::int64_t max_positions, std::int64_t positions) {
  const auto dim = static_cast<double>(spec.rotary_dim);
  const double length = static_cast<double>(std::max(positions, max_positions));
  const double stretch =
      spec.scaling.factor * length / static_cast<double>(max_positions) - (spec.scaling.factor - 1);
  return spec.theta * std::pow(stretch, dim / (dim - 2));
}

}  // namespace

RopeFrequencies rope_frequencies(const RopeSpec& spec, std::int64_t max_positions, std::int64_t positions) {
  ASSAY_CHECK(spec.rotary_dim >= 2 && spec.rotary_dim % 2 == 0 && max_positions > 0);
  const RopeScaling& scaling = spec.scaling;
  const double base =
      scaling.kind == RopeScalingKind::dynamic ? dynamic_base(spec, max_positions, positions) : spec.theta;
  std::vector<float> inverse = base_powers(base, spec.rotary_dim);
  if (scaling.kind == RopeScalingKind::longrope) {
    const auto& factors =
        positions > scaling.original_max_positions ? scaling.long_factor : scaling.short_factor;
    ASSAY_CHECK(factors.size() == inverse.size());
    for (std::size_t i = 0; i < inverse.size(); ++i) inverse[i] *= static_cast<float>(factors[i]);
  }
  for (float& value : inverse) value = 1 / value;
  if (scaling.kind == RopeScalingKind::linear) {
    for (float& value : inverse) value /= static_cast<float>(scaling.factor);
  } else if (scaling.kind == RopeScalingKind::llama3) {
    inverse = llama3(std::move(inverse), scaling);
  } else if (scaling.kind == RopeScalingKind::yarn) {
    inverse = yarn(spec);
  }
  return {.inverse = {inverse.begin(), inverse.end()}, .attention_factor = attention_factor(scaling)};
}

}  // namespace assay::model
