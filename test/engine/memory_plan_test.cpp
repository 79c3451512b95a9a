#include <catch2/catch.hpp>

#include "assay/util/error.hpp"
#include "engine/memory_plan.hpp"
#include "engine/model_fixture.hpp"

using namespace assay;
using Catch::Contains;
using engine::EngineOptions;

namespace {

/// Sizes of Llama-3.1-8B.
model::ArchSpec big_spec() {
  model::ArchSpec spec;
  spec.model_type = "llama";
  spec.layers = 32;
  spec.hidden = 4096;
  spec.vocab = 128256;
  spec.max_positions = 131072;
  spec.checkpoint_dtype = tensor::DType::bf16;
  spec.rope.rotary_dim = 128;
  spec.attention.heads = 32;
  spec.attention.kv_heads = 8;
  spec.attention.head_dim = 128;
  spec.attention.scale = 1;
  spec.mlp.intermediate = 14336;
  return spec;
}

EngineOptions options_for(std::int64_t max_length) {
  EngineOptions options;
  options.max_length = max_length;
  return options;
}

}  // namespace

TEST_CASE("an engine holds what was planned, on every mesh of one rank's options") {
  const test::ModelFixture fixture("qwen3");
  for (const std::int64_t batch_tokens : {1, 7, 64}) {
    auto options = fixture.options();
    options.batch_tokens = batch_tokens;
    const auto plan = engine::plan_memory(fixture.spec, {1, 1, 1}, {}, options);
    const test::LocalEngine local(fixture, options);
    CHECK(local.engine.memory().kv_cache_bytes == plan.kv_cache_bytes);
    CHECK(local.engine.memory().kv_blocks == plan.kv_blocks);
    CHECK(local.engine.memory().activation_bytes == plan.activation_bytes);
  }
}

TEST_CASE("planned weights are those held, but for padding") {
  for (const std::string& name : test::model_fixtures()) {
    CAPTURE(name);
    const test::ModelFixture fixture(name);
    const auto plan = engine::plan_memory(fixture.spec, {1, 1, 1}, {}, fixture.options());
    const test::LocalEngine local(fixture, fixture.options());
    CHECK(local.engine.memory().weight_bytes >= plan.weight_bytes);
    CHECK(static_cast<double>(local.engine.memory().weight_bytes) <
          1.2 * static_cast<double>(plan.weight_bytes));
  }
  // Llama-3.1-8B has 8,030,261,248 parameters of two bytes, and a rope table.
  const auto plan = engine::plan_memory(big_spec(), {1, 1, 1}, {}, options_for(64));
  CHECK(plan.weight_bytes == 2 * std::int64_t{8030261248} + 2 * 65 * 4096 + 2 * 64 * 64 * 4);
}

TEST_CASE("KV bytes by hand") {
  // 2 (keys, values) * 32 layers * 8 heads * 128 * 4 bytes = 256 KiB a token.
  auto options = options_for(4096);
  options.kv_cache_bytes = std::int64_t{3} << 30;
  auto plan = engine::plan_memory(big_spec(), {1, 1, 1}, {}, options);
  CHECK(plan.kv_blocks == (std::int64_t{3} << 30) / (16 * 256 * 1024));
  CHECK(plan.kv_cache_bytes == std::int64_t{3} << 30);
  // More than max_sequences full sequences is never needed.
  options.max_sequences = 2;
  plan = engine::plan_memory(big_spec(), {1, 1, 1}, {}, options);
  CHECK(plan.kv_blocks == 2 * 4096 / 16);
  // Four tensor ranks hold two of the eight KV heads each; sixteen hold one each, twice over.
  CHECK(engine::plan_memory(big_spec(), {4, 1, 1}, {}, options).kv_cache_bytes == plan.kv_cache_bytes / 4);
  CHECK(engine::plan_memory(big_spec(), {16, 1, 1}, {}, options).kv_cache_bytes == plan.kv_cache_bytes / 8);
}

TEST_CASE("the default KV cache is bounded, but always holds one full sequence") {
  auto plan = engine::plan_memory(big_spec(), {1, 1, 1}, {}, options_for(2048));
  CHECK(plan.kv_cache_bytes == std::int64_t{1} << 30);
  plan = engine::plan_memory(big_spec(), {1, 1, 1}, {}, options_for(0));
  CHECK(plan.kv_cache_bytes == std::int64_t{131072} * 256 * 1024);
  auto options = options_for(64);
  options.max_sequences = 3;
  CHECK(engine::plan_memory(big_spec(), {1, 1, 1}, {}, options).kv_blocks == 12);
}

TEST_CASE("every stage of a replica has the same number of blocks") {
  auto options = options_for(4096);
  options.kv_cache_bytes = std::int64_t{1} << 30;
  options.layers_per_stage = {20, 12};
  const auto first = engine::plan_memory(big_spec(), {1, 2, 1}, {0, 0, 0}, options);
  const auto second = engine::plan_memory(big_spec(), {1, 2, 1}, {0, 1, 0}, options);
  CHECK(first.kv_blocks == second.kv_blocks);
  CHECK(first.kv_cache_bytes <= options.kv_cache_bytes);
  CHECK(first.kv_cache_bytes / 20 == second.kv_cache_bytes / 12);
}

TEST_CASE("logits of a long prompt are never all in memory") {
  auto options = options_for(4096);
  options.batch_tokens = 4096;
  const auto plan = engine::plan_memory(big_spec(), {1, 2, 1}, {0, 1, 0}, options);
  const auto first = engine::plan_memory(big_spec(), {1, 2, 1}, {0, 0, 0}, options);
  CHECK(plan.activation_bytes - first.activation_bytes < std::int64_t{48} << 20);
}

TEST_CASE("a cache too small for one sequence is refused, as are options out of range") {
  auto options = options_for(4096);
  options.kv_cache_bytes = (std::int64_t{1} << 30) - 1;
  CHECK_THROWS_WITH(engine::plan_memory(big_spec(), {1, 1, 1}, {}, options),
                    Contains("cannot hold one sequence of 4096 tokens") && Contains("1073741824 bytes"));
  const auto refusal = [](auto&& change) {
    EngineOptions bad = options_for(128);
    change(bad);
    try {
      (void)engine::plan_memory(big_spec(), {1, 1, 1}, {}, bad);
    } catch (const util::InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(refusal([](auto& o) { o.max_length = -1; }), Contains("max_length is -1"));
  CHECK_THAT(refusal([](auto& o) { o.max_length = INT64_MAX; }), Contains("max_length"));
  CHECK_THAT(refusal([](auto& o) { o.batch_tokens = 0; }), Contains("batch_tokens is 0"));
  CHECK_THAT(refusal([](auto& o) { o.batch_tokens = INT64_MAX; }), Contains("batch_tokens"));
  CHECK_THAT(refusal([](auto& o) { o.max_sequences = 0; }), Contains("max_sequences is 0"));
  CHECK_THAT(refusal([](auto& o) { o.kv_block_tokens = 0; }), Contains("kv_block_tokens is 0"));
  CHECK_THAT(refusal([](auto& o) { o.kv_cache_bytes = -5; }), Contains("kv_cache_bytes is -5"));
  CHECK_THAT(refusal([](auto& o) { o.threads = 0; }), Contains("threads is 0"));
  CHECK_THAT(refusal([](auto& o) { o.dtype = tensor::DType::f16; }), Contains("float16"));
  CHECK_THAT(refusal([](auto& o) { o.layers_per_stage = {3}; }), Contains("layers"));
}

TEST_CASE("what the forward pass cannot do is refused by name") {
  const auto refusal = [](auto&& change) {
    model::ArchSpec spec = big_spec();
    change(spec);
    try {
      engine::check_supported(spec);
    } catch (const util::InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refusal([](auto&) {}).empty());
  CHECK_THAT(refusal([](auto& s) { s.norm = model::NormKind::layer; }), Contains("LayerNorm"));
  CHECK_THAT(refusal([](auto& s) { s.parallel_blocks = true; }), Contains("parallel"));
  CHECK_THAT(refusal([](auto& s) { s.position = model::PositionKind::alibi; }), Contains("ALiBi"));
  CHECK_THAT(refusal([](auto& s) { s.position = model::PositionKind::learned; }),
             Contains("learned position"));
  CHECK_THAT(refusal([](auto& s) { s.position = model::PositionKind::none; }), Contains("without positions"));
  CHECK_THAT(refusal([](auto& s) { s.mlp.gated = false; }), Contains("without a gate"));
  CHECK_THAT(refusal([](auto& s) { s.moe.emplace(); }), Contains("mixture-of-experts"));
  CHECK_THAT(refusal([](auto& s) { s.quantisation.emplace(); }), Contains("quantised"));
  CHECK_THAT(refusal([](auto& s) { s.embedding_scale = 2; }), Contains("scaled embeddings"));
  CHECK_THAT(refusal([](auto& s) { s.final_logit_softcap = 30; }), Contains("soft-capped"));
}
