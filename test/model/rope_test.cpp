#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "assay/model/arch_spec.hpp"
#include "assay/util/json.hpp"
#include "model/checkpoint_writer.hpp"

using assay::model::parse_arch_spec;
using assay::model::RopeFrequencies;
using assay::test::refusal;
using Catch::Contains;

namespace {

nlohmann::json config_with(const std::string& key, const nlohmann::json& value) {
  auto config = assay::test::tiny_config();
  config[key] = value;
  return config;
}

std::string rope_refusal(const nlohmann::json& scaling) {
  const auto config = config_with("rope_scaling", scaling);
  return refusal([&] { (void)parse_arch_spec(config, nullptr, "config.json"); });
}

}  // namespace

TEST_CASE("frequencies of every scaling match transformers") {
  const auto document = assay::util::read_json_file(ASSAY_TEST_DATA "/model/rope.json");
  REQUIRE(document["cases"].size() >= 18);
  for (const auto& entry : document["cases"]) {
    INFO(entry["name"].get<std::string>());
    const auto spec = parse_arch_spec(entry["config"], nullptr, "config.json");
    const RopeFrequencies got =
        rope_frequencies(spec.rope, spec.max_positions, entry["positions"].get<std::int64_t>());
    CHECK(got.attention_factor == Approx(entry["attention_factor"].get<double>()).epsilon(1e-12));
    const auto expected = entry["inverse"].get<std::vector<double>>();
    REQUIRE(got.inverse.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      // A few units in the last place of fp32: pow is not rounded alike everywhere.
      CHECK(std::abs(got.inverse[i] - expected[i]) <= 4e-7 * expected[i]);
    }
  }
}

TEST_CASE("unscaled frequencies, by hand") {
  const assay::model::RopeSpec spec{.theta = 10000, .rotary_dim = 4, .scaling = {}};
  const auto got = rope_frequencies(spec, 100, 100);
  REQUIRE(got.inverse.size() == 2);
  CHECK(got.inverse[0] == 1);
  CHECK(got.inverse[1] == Approx(0.01));
  CHECK(got.attention_factor == 1);
}

TEST_CASE("a theta inside the parameters wins over one beside them") {
  auto config = config_with("rope_parameters", {{"rope_type", "default"}, {"rope_theta", 5000.0}});
  config["rope_theta"] = 777.0;
  CHECK(parse_arch_spec(config, nullptr, "c").rope.theta == 5000);
  config.erase("rope_parameters");
  CHECK(parse_arch_spec(config, nullptr, "c").rope.theta == 777);
  config["rope_theta"] = nullptr;
  CHECK(parse_arch_spec(config, nullptr, "c").rope.theta == 10000);
}

TEST_CASE("incomplete or unknown scalings are refused, naming the key") {
  CHECK_THAT(rope_refusal({{"type", "mrope"}}),
             Contains("rope_scaling.rope_type") && Contains("\"mrope\"") && Contains("llama3"));
  CHECK_THAT(rope_refusal({{"type", "linear"}}), Contains("rope_scaling.factor is missing"));
  CHECK_THAT(rope_refusal({{"type", "linear"}, {"factor", "4"}}), Contains("rope_scaling.factor is \"4\""));
  CHECK_THAT(rope_refusal({{"type", "linear"}, {"factor", 0}}), Contains("rope_scaling.factor is 0"));
  CHECK_THAT(rope_refusal({{"type", "yarn"}}), Contains("rope_scaling.factor is missing"));
  CHECK_THAT(rope_refusal({{"rope_type", "llama3"}, {"factor", 8.0}}),
             Contains("low_freq_factor is missing"));
  CHECK_THAT(rope_refusal(
                 {{"rope_type", "llama3"}, {"factor", 8.0}, {"low_freq_factor", 4}, {"high_freq_factor", 4}}),
             Contains("must be greater than low_freq_factor"));
  CHECK_THAT(rope_refusal({{"type", "longrope"}, {"short_factor", {1, 2}}, {"long_factor", {1}}}),
             Contains("long_factor must be a list of 2 numbers"));
  CHECK_THAT(rope_refusal({{"type", "longrope"}, {"short_factor", {1, "x"}}, {"long_factor", {1, 1}}}),
             Contains("short_factor holds \"x\""));
  CHECK_THAT(rope_refusal({{"rope_type", "default"}, {"partial_rotary_factor", 0.5}}), Contains("must be 1"));
  CHECK_THAT(rope_refusal({{"full_attention", {{"rope_type", "default"}}}}), Contains("per layer type"));
  CHECK_THAT(rope_refusal("linear"), Contains("rope_scaling is \"linear\"; it must be an object"));
  CHECK_THAT(refusal([] { (void)parse_arch_spec(config_with("rope_theta", 1.0), nullptr, "c"); }),
             Contains("rope_theta"));
  CHECK_THAT(refusal([] { (void)parse_arch_spec(config_with("rope_theta", -5), nullptr, "c"); }),
             Contains("rope_theta"));
}
