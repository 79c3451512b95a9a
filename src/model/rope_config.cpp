#include "model/rope_config.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "assay/util/error.hpp"
#include "model/printable.hpp"

namespace assay::model {
namespace {

// A theta of 1 or less rotates every dimension alike and makes yarn divide by log(1).
constexpr NumberBounds theta_bounds{1.0 + 1e-9, 1e15};
constexpr NumberBounds factor_bounds{1e-6, 1e9};
constexpr IntegerBounds length_bounds{1, std::int64_t{1} << 31};

RopeScalingKind kind_of(ConfigReader& parameters) {
  const auto type = parameters.optional_text("type");
  const std::string name = parameters.optional_text("rope_type").value_or(type.value_or("default"));
  if (name == "default") return RopeScalingKind::none;
  if (name == "linear") return RopeScalingKind::linear;
  if (name == "dynamic") return RopeScalingKind::dynamic;
  if (name == "llama3") return RopeScalingKind::llama3;
  if (name == "yarn") return RopeScalingKind::yarn;
  if (name == "longrope") return RopeScalingKind::longrope;
  parameters.fail("rope_type",
                  fmt::format("is \"{}\", which is not supported; supported are default, linear, "
                              "dynamic, llama3, yarn, longrope",
                              printable(name)));
}

void read_llama3(ConfigReader& parameters, RopeScaling& scaling) {
  scaling.factor = parameters.number("factor", factor_bounds);
  scaling.low_freq_factor = parameters.number("low_freq_factor", factor_bounds);
  scaling.high_freq_factor = parameters.number("high_freq_factor", factor_bounds);
  if (scaling.high_freq_factor <= scaling.low_freq_factor) {
    parameters.fail("high_freq_factor", "must be greater than low_freq_factor");
  }
}

void read_yarn(ConfigReader& parameters, RopeScaling& scaling, double implied_factor) {
  if (!parameters.has("factor")) parameters.fail("factor", "is missing; yarn scaling needs it");
  scaling.factor = parameters.optional_number("factor", factor_bounds).value_or(implied_factor);
  scaling.attention_factor = parameters.optional_number("attention_factor", {0, 1e6});
  scaling.mscale = parameters.optional_number("mscale", {0, 1e6});
  scaling.mscale_all_dim = parameters.optional_number("mscale_all_dim", {0, 1e6});
  // transformers reads an explicit 0 as "not given".
  const double fast = parameters.optional_number("beta_fast", {0, 1e6}).value_or(0);
  const double slow = parameters.optional_number("beta_slow", {0, 1e6}).value_or(0);
  scaling.beta_fast = fast == 0 ? 32 : fast;
  scaling.beta_slow = slow == 0 ? 1 : slow;
  scaling.truncate = parameters.flag_or("truncate", true);
}

void read_longrope(ConfigReader& parameters, RopeScaling& scaling, double implied_factor,
                   std::int64_t rotary_dim) {
  const auto pairs = static_cast<std::size_t>(rotary_dim / 2);
  scaling.factor = parameters.optional_number("factor", factor_bounds).value_or(implied_factor);
  scaling.attention_factor = parameters.optional_number("attention_factor", {0, 1e6});
  scaling.short_factor = parameters.numbers("short_factor", pairs, factor_bounds);
  scaling.long_factor = parameters.numbers("long_factor", pairs, factor_bounds);
}

}  // namespace

RopeSpec read_rope(ConfigReader& config, std::int64_t head_dim, std::int64_t max_positions) {
  RopeSpec rope;
  rope.rotary_dim = head_dim;
  rope.theta = config.optional_number("rope_theta", theta_bounds).value_or(10000);
  const auto beside = config.optional_integer("original_max_position_embeddings", length_bounds);
  const util::Json* scaling_object = config.object("rope_scaling");
  const util::Json* parameters_object = config.object("rope_parameters");
  const std::string_view name = scaling_object != nullptr ? "rope_scaling" : "rope_parameters";
  const util::Json* object = scaling_object != nullptr ? scaling_object : parameters_object;
  if (object == nullptr) return rope;

  for (const auto& [key, member] : object->items()) {
    if (member.is_object()) config.fail(name, "gives rotary settings per layer type, which is not supported");
  }
  ConfigReader parameters(*object, config.source(), std::string(name) + ".");
  rope.theta = parameters.optional_number("rope_theta", theta_bounds).value_or(rope.theta);
  if (parameters.optional_number("partial_rotary_factor", {0, 1}).value_or(1) != 1) {
    parameters.fail("partial_rotary_factor", "must be 1 for this family");
  }
  RopeScaling& scaling = rope.scaling;
  scaling.kind = kind_of(parameters);
  const auto inside = parameters.optional_integer("original_max_position_embeddings", length_bounds);
  scaling.original_max_positions = beside.value_or(inside.value_or(max_positions));
  const double implied_factor =
      static_cast<double>(max_positions) / static_cast<double>(scaling.original_max_positions);
  switch (scaling.kind) {
    case RopeScalingKind::none:
      break;
    case RopeScalingKind::linear:
    case RopeScalingKind::dynamic:
      scaling.factor = parameters.number("factor", factor_bounds);
      break;
    case RopeScalingKind::llama3:
      read_llama3(parameters, scaling);
      break;
    case RopeScalingKind::yarn:
      read_yarn(parameters, scaling, implied_factor);
      break;
    case RopeScalingKind::longrope:
      read_longrope(parameters, scaling, implied_factor, rope.rotary_dim);
      break;
  }
  if (scaling.kind == RopeScalingKind::longrope && scaling.original_max_positions < 2) {
    parameters.fail("original_max_position_embeddings", "must be at least 2 for longrope");
  }
  if (scaling.kind == RopeScalingKind::dynamic && rope.rotary_dim <= 2) {
    parameters.fail("rope_type", "is dynamic, which needs more than 2 rotated dimensions a head");
  }
  return rope;
}

}  // namespace assay::model
