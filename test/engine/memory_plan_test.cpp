#include <catch2/catch.hpp>

#include "assay/util/error.hpp"
#include "engine/memory_plan.hpp"
#include "engine/model_fixture.hpp"
#include "support/temp_dir.hpp"

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

TEST_CASE("the KV cache is for the sequences to come, as many as may be in work at once") {
  const auto blocks = [](const EngineOptions& options) {
    return engine::plan_memory(big_spec(), {1, 1, 1}, {}, options).kv_blocks;
  };
  CHECK(blocks(options_for(2048)) == 64 * 128);
  auto options = options_for(64);
  options.max_sequences = 3;
  CHECK(blocks(options) == 3 * 4);
  // Prompts of some 200 tokens on a model of 131072 positions: 13 blocks each.
  options = options_for(0);
  options.longest_sequence = 200;
  CHECK(blocks(options) == 64 * 13);
  options.wanted_sequences = 10;
  CHECK(blocks(options) == 10 * 13);
  options.wanted_sequences = 1000;
  CHECK(blocks(options) == 64 * 13);
  options.longest_sequence = 1 << 20;  // the context bounds every sequence
  options.wanted_sequences = 1;
  CHECK(blocks(options) == 131072 / 16);
}

TEST_CASE("what is planned for --max-length is what a run with such requests takes") {
  auto run = options_for(0);
  run.longest_sequence = 4096;
  run.wanted_sequences = 100000;
  run.memory_bytes = std::int64_t{1} << 40;
  const auto planned = engine::plan_memory(big_spec(), {2, 2, 1}, {1, 1, 0}, options_for(4096));
  const auto taken = engine::plan_memory(big_spec(), {2, 2, 1}, {1, 1, 0}, run);
  CHECK(planned.kv_cache_bytes == taken.kv_cache_bytes);
  CHECK(planned.weight_bytes == taken.weight_bytes);
  CHECK(planned.activation_bytes == taken.activation_bytes);
}

TEST_CASE("free memory bounds the KV cache, one sequence is its least, and less is refused") {
  auto options = options_for(2048);  // a sequence takes 128 blocks of 4 MiB
  const auto whole = engine::plan_memory(big_spec(), {1, 1, 1}, {}, options);
  const std::int64_t fixed = whole.weight_bytes + whole.activation_bytes;
  const std::int64_t block = std::int64_t{4} << 20;
  const auto blocks = [&] { return engine::plan_memory(big_spec(), {1, 1, 1}, {}, options).kv_blocks; };
  options.memory_bytes = fixed + 1000 * block;
  CHECK(blocks() == 800);
  options.memory_bytes = fixed + 128 * block;
  CHECK(blocks() == 128);
  options.memory_bytes = fixed + 128 * block - 1;
  CHECK_THROWS_WITH(blocks(), Contains("and 512 for the KV cache of one sequence of 2048 tokens") &&
                                  Contains("--kv-cache-mib"));
  options.longest_sequence = 2047 - 16;  // one block less, and a shorter rope table
  CHECK(blocks() == 127);
  options.memory_bytes = 1;
  CHECK_THROWS_AS(blocks(), util::InputError);
  options.kv_cache_bytes = 200 * block;  // who says how much takes it
  CHECK(blocks() == 200);
}

TEST_CASE("the stage with the least room decides for its replica") {
  auto options = options_for(2048);
  options.layers_per_stage = {31, 1};
  options.memory_bytes = std::int64_t{20} << 30;
  const auto first = engine::plan_memory(big_spec(), {1, 2, 1}, {0, 0, 0}, options);
  const auto second = engine::plan_memory(big_spec(), {1, 2, 1}, {0, 1, 0}, options);
  CHECK(first.kv_blocks == second.kv_blocks);
  CHECK(first.kv_blocks < 64 * 128);
  CHECK(first.weight_bytes + first.kv_cache_bytes + first.activation_bytes < options.memory_bytes);
}

TEST_CASE("demand is what requests keep in the cache") {
  engine::Demand demand;
  demand.add(test::score(std::vector<engine::TokenId>(31), 1), 100);
  CHECK(demand.longest_sequence == 30);
  demand.add(test::generate(std::vector<engine::TokenId>(20), 15), 100);
  CHECK(demand.longest_sequence == 35);
  engine::Request rolling;
  rolling.kind = engine::RequestKind::loglikelihood_rolling;
  rolling.windows.assign(3, {std::vector<engine::TokenId>(51), 1});
  demand.add(rolling, 100);
  CHECK(demand.longest_sequence == 50);
  CHECK(demand.sequences == 5);
  demand.add(test::generate(std::vector<engine::TokenId>(90), INT32_MAX), 100);
  CHECK(demand.longest_sequence == 100);
  engine::Demand empty;
  empty.add(test::score({}, 1), 100);
  CHECK(empty.longest_sequence == 1);
}

TEST_CASE("activations too long for a message between stages are refused before loading") {
  auto options = options_for(128);
  options.batch_tokens = 65536;  // of 16 KiB each: 1 GiB
  CHECK_NOTHROW(engine::plan_memory(big_spec(), {1, 2, 1}, {}, options));
  ++options.batch_tokens;
  CHECK_THROWS_WITH(
      engine::plan_memory(big_spec(), {1, 2, 1}, {}, options),
      "batch_tokens is 65537; with 2 pipeline stages and hidden size 4096 it must be at most 65536 (a "
      "message between stages holds 1 GiB)");
  CHECK_NOTHROW(engine::plan_memory(big_spec(), {2, 1, 1}, {}, options));
}

TEST_CASE("what is planned goes by the tensors, not by what config.json calls them") {
  const test::TempDir folder;
  const auto copy = folder.path() / "model";
  std::filesystem::copy(test::model_data() / "llama3", copy, std::filesystem::copy_options::recursive);
  auto config = util::read_json_file(copy / "config.json");
  CHECK(config.at("dtype") == "bfloat16");
  config["dtype"] = "float32";
  std::ofstream(copy / "config.json") << config.dump();
  const test::ModelFixture fixture("llama3");
  const auto spec = model::read_arch_spec(copy);
  CHECK(spec.checkpoint_dtype == fixture.spec.checkpoint_dtype);
  CHECK(engine::plan_memory(spec, {1, 1, 1}, {}, fixture.options()).weight_bytes ==
        engine::plan_memory(fixture.spec, {1, 1, 1}, {}, fixture.options()).weight_bytes);
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
  CHECK_THAT(refusal([](auto& o) { o.longest_sequence = -1; }), Contains("longest_sequence is -1"));
  CHECK_THAT(refusal([](auto& o) { o.wanted_sequences = -1; }), Contains("wanted_sequences is -1"));
  CHECK_THAT(refusal([](auto& o) { o.memory_bytes = -1; }), Contains("memory_bytes is -1"));
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
