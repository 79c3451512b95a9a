#include "assay/model/arch_spec.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "assay/model/weights.hpp"
#include "assay/util/json.hpp"
#include "model/checkpoint_files.hpp"
#include "model/checkpoint_writer.hpp"
#include "support/skip.hpp"

using namespace assay;
using Catch::Contains;
using model::ArchSpec;
using nlohmann::json;
using test::refusal;
using test::TempDir;
using test::tiny_config;
using test::write_text;
namespace fs = std::filesystem;

namespace {

ArchSpec parse(const json& config) {
  return model::parse_arch_spec(config, nullptr, "config.json");
}

ArchSpec published(const std::string& name) {
  return parse(util::read_json_file(fs::path(ASSAY_TEST_DATA "/model/configs") / (name + ".json")));
}

std::string refused_with(const std::string& key, const json& value) {
  auto config = tiny_config();
  config[key] = value;
  return refusal([&] { (void)parse(config); });
}

json of_family(const std::string& model_type, const std::string& architecture) {
  auto config = tiny_config();
  config["model_type"] = model_type;
  config["architectures"] = {architecture};
  return config;
}

}  // namespace

TEST_CASE("published models have their published parameter counts") {
  // Counts from the model cards and from summing the shapes of their checkpoints.
  const std::vector<std::pair<std::string, std::int64_t>> counts = {
      {"llama-2-7b", 6'738'415'616},          {"llama-2-70b", 68'976'648'192},
      {"llama-3-8b", 8'030'261'248},          {"llama-3.1-8b", 8'030'261'248},
      {"llama-3.2-1b", 1'235'814'400},        {"codellama-13b", 13'015'864'320},
      {"yi-1.5-34b", 34'388'917'248},         {"vicuna-33b", 32'528'943'616},
      {"deepseek-coder-6.7b", 6'740'512'768}, {"mistral-7b-v0.1", 7'241'732'096},
      {"mistral-7b-v0.3", 7'248'023'552},     {"mistral-nemo-12b", 12'247'782'400},
      {"qwen2.5-0.5b", 494'032'768},          {"qwen2.5-7b", 7'615'616'512},
      {"qwen3-1.7b", 1'720'574'976},          {"qwen3-8b-v5", 8'190'735'360}};
  for (const auto& [name, count] : counts) {
    INFO(name);
    CHECK(published(name).parameter_count() == count);
  }
}

TEST_CASE("published configurations read as what they are") {
  const ArchSpec llama31 = published("llama-3.1-8b");
  CHECK(llama31.family == "llama");
  CHECK(llama31.rope.theta == 500000);
  CHECK(llama31.rope.scaling.kind == model::RopeScalingKind::llama3);
  CHECK(llama31.rope.scaling.original_max_positions == 8192);
  CHECK(llama31.attention.kv_heads == 8);
  CHECK(llama31.attention.head_dim == 128);
  CHECK(llama31.attention.scale == Approx(0.08838834764831845));
  CHECK(llama31.eos_ids == std::vector<std::int32_t>{128001, 128008, 128009});
  CHECK(llama31.checkpoint_dtype == tensor::DType::bf16);
  CHECK(llama31.window == std::vector<std::int64_t>(32, 0));
  CHECK_FALSE(llama31.tie_word_embeddings);

  const ArchSpec llama32 = published("llama-3.2-1b");  // version 5's spelling
  CHECK(llama32.rope.theta == 500000);
  CHECK(llama32.rope.scaling.factor == 32);
  CHECK(llama32.checkpoint_dtype == tensor::DType::bf16);
  CHECK(llama32.tie_word_embeddings);

  CHECK(published("vicuna-33b").attention.kv_heads == 52);
  CHECK(published("vicuna-33b").checkpoint_dtype == tensor::DType::f16);
  CHECK(published("deepseek-coder-6.7b").rope.scaling.kind == model::RopeScalingKind::linear);
  CHECK(published("mistral-7b-v0.1").window == std::vector<std::int64_t>(32, 4096));
  CHECK(published("mistral-7b-v0.3").window == std::vector<std::int64_t>(32, 0));
  CHECK(published("mistral-nemo-12b").attention.head_dim == 128);

  const ArchSpec qwen2 = published("qwen2.5-0.5b");
  CHECK(qwen2.attention.qkv_bias);
  CHECK_FALSE(qwen2.attention.out_bias);
  CHECK(qwen2.window == std::vector<std::int64_t>(24, 0));  // use_sliding_window is off
  CHECK(qwen2.tie_word_embeddings);

  const ArchSpec qwen3 = published("qwen3-8b-v5");
  CHECK(qwen3.attention.qk_norm);
  CHECK_FALSE(qwen3.attention.qkv_bias);
  CHECK(qwen3.checkpoint_dtype == tensor::DType::f32);
}

TEST_CASE("absent keys take the class's defaults") {
  json config = {{"model_type", "llama"},  {"hidden_size", 32},        {"intermediate_size", 8},
                 {"num_hidden_layers", 2}, {"num_attention_heads", 4}, {"vocab_size", 10}};
  const ArchSpec llama = parse(config);
  CHECK(llama.attention.kv_heads == 4);
  CHECK(llama.attention.head_dim == 8);
  CHECK(llama.max_positions == 2048);
  CHECK(llama.norm_epsilon == 1e-6);
  CHECK(llama.rope.theta == 10000);
  CHECK(llama.eos_ids == std::vector<std::int32_t>{2});
  CHECK(llama.mlp.activation == ops::Activation::silu);
  CHECK_FALSE(llama.tie_word_embeddings);
  CHECK_FALSE(llama.mlp.bias);

  config["model_type"] = "mistral";
  config["num_attention_heads"] = 16;
  const ArchSpec mistral = parse(config);
  CHECK(mistral.attention.kv_heads == 8);
  CHECK(mistral.max_positions == 131072);
  CHECK(mistral.window == std::vector<std::int64_t>{4096, 4096});
  config["num_key_value_heads"] = nullptr;
  CHECK(parse(config).attention.kv_heads == 16);

  config["model_type"] = "qwen3";
  const ArchSpec qwen3 = parse(config);
  CHECK(qwen3.attention.head_dim == 128);
  CHECK(qwen3.eos_ids.empty());
  config["model_type"] = "qwen2";
  CHECK(parse(config).attention.head_dim == 2);
  config.erase("num_key_value_heads");
  CHECK_THAT(refusal([&] { (void)parse(config); }), Contains("num_key_value_heads (32)"));
}

TEST_CASE("null counts as absent") {
  for (const auto* key : {"head_dim", "num_key_value_heads", "rope_theta", "rope_scaling", "rope_parameters",
                          "attention_bias", "tie_word_embeddings", "eos_token_id", "quantization_config"}) {
    INFO(key);
    CHECK(refused_with(key, nullptr) == "accepted");
  }
  auto config = tiny_config();
  config["eos_token_id"] = nullptr;
  CHECK(parse(config).eos_ids.empty());
}

TEST_CASE("sliding windows of Qwen follow the layer") {
  auto config = of_family("qwen2", "Qwen2ForCausalLM");
  config["use_sliding_window"] = true;
  config["sliding_window"] = 16;
  config["max_window_layers"] = 1;
  CHECK(parse(config).window == std::vector<std::int64_t>{0, 16, 16});
  config["max_window_layers"] = 5;
  CHECK(parse(config).window == std::vector<std::int64_t>{0, 0, 0});
  config["layer_types"] = {"sliding_attention", "full_attention", "sliding_attention"};
  CHECK(parse(config).window == std::vector<std::int64_t>{16, 0, 16});
  config["sliding_window"] = nullptr;
  CHECK_THAT(refusal([&] { (void)parse(config); }), Contains("layer_types has sliding layers"));
  config["layer_types"] = {"full_attention"};
  CHECK_THAT(refusal([&] { (void)parse(config); }), Contains("lists 1 layers, but num_hidden_layers is 3"));
  config["layer_types"] = {"full_attention", "linear_attention", "full_attention"};
  CHECK_THAT(refusal([&] { (void)parse(config); }), Contains("linear_attention"));
  config.erase("layer_types");
  config["sliding_window"] = 0;
  CHECK_THAT(refusal([&] { (void)parse(config); }), Contains("sliding_window is 0"));
}

TEST_CASE("a Mistral window covers all layers; mixed layers are refused") {
  auto config = of_family("mistral", "MistralForCausalLM");
  config["sliding_window"] = 16;
  config["layer_types"] = {"sliding_attention", "sliding_attention", "sliding_attention"};
  CHECK(parse(config).window == std::vector<std::int64_t>{16, 16, 16});
  config["layer_types"] = {"sliding_attention", "full_attention", "sliding_attention"};
  CHECK_THAT(refusal([&] { (void)parse(config); }), Contains("mixes kinds of attention"));
}

TEST_CASE("biases of Llama are optional") {
  auto config = tiny_config();
  config["attention_bias"] = true;
  config["mlp_bias"] = true;
  const ArchSpec spec = parse(config);
  CHECK(spec.attention.qkv_bias);
  CHECK(spec.attention.out_bias);
  CHECK(spec.mlp.bias);
  config = of_family("qwen3", "Qwen3ForCausalLM");
  config["attention_bias"] = true;
  CHECK(parse(config).attention.out_bias);
}

TEST_CASE("activations are known by transformers' names") {
  const auto activation = [](const std::string& name) {
    auto config = tiny_config();
    config["hidden_act"] = name;
    return parse(config).mlp.activation;
  };
  CHECK(activation("silu") == ops::Activation::silu);
  CHECK(activation("gelu") == ops::Activation::gelu);
  CHECK(activation("gelu_pytorch_tanh") == ops::Activation::gelu_tanh);
  CHECK(activation("relu") == ops::Activation::relu);
  CHECK_THAT(refused_with("hidden_act", "relu2"),
             Contains("hidden_act is \"relu2\"") && Contains("supported are silu"));
}

TEST_CASE("hostile sizes are refused by key") {
  for (const auto* key : {"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
                          "vocab_size", "num_key_value_heads", "max_position_embeddings", "head_dim"}) {
    INFO(key);
    for (const json& bad :
         {json(-1), json(0), json(1.5), json(4.0), json("32"), json(true), json::array({1}),
          json(9'000'000'000'000'000'000LL), json(18'000'000'000'000'000'000ULL), json(1e300)}) {
      INFO(bad.dump());
      CHECK_THAT(refused_with(key, bad), Contains(std::string("config.json: ") + key + " "));
    }
  }
  CHECK_THAT(refused_with("num_hidden_layers", 1'000'000), Contains("from 1 to 10000"));
  CHECK_THAT(refused_with("rms_norm_eps", -1e-5), Contains("rms_norm_eps"));
  CHECK_THAT(refused_with("rms_norm_eps", 0), Contains("rms_norm_eps"));
  CHECK_THAT(refused_with("rms_norm_eps", "1e-5"), Contains("rms_norm_eps"));
  CHECK_THAT(refused_with("tie_word_embeddings", 1), Contains("must be true or false"));
  CHECK_THAT(refused_with("num_key_value_heads", 4), Contains("does not divide"));
  CHECK_THAT(refused_with("hidden_size", 25), Contains("hidden_size is 25"));
  CHECK_THAT(refused_with("head_dim", 5), Contains("even number"));
  CHECK_THAT(refused_with("eos_token_id", -1), Contains("eos_token_id"));
  CHECK_THAT(refused_with("eos_token_id", json(std::vector<int>(5000, 1))), Contains("eos_token_id"));
}

TEST_CASE("missing sizes are refused by key") {
  for (const auto* key :
       {"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size"}) {
    auto config = tiny_config();
    config.erase(key);
    CHECK_THAT(refusal([&] { (void)parse(config); }), Contains(std::string(key) + " is missing"));
  }
}

TEST_CASE("unsupported models are refused with what is supported") {
  const auto refused = [](const json& config) { return refusal([&] { (void)parse(config); }); };
  CHECK_THAT(refused(of_family("bloom", "BloomForCausalLM")),
             Contains("model_type is \"bloom\"") && Contains("llama, mistral, qwen2, qwen3"));
  CHECK_THAT(refused(of_family("llama", "LlamaForSequenceClassification")),
             Contains("architectures names LlamaForSequenceClassification") && Contains("LlamaForCausalLM"));
  CHECK_THAT(refused(of_family("qwen2", "LlamaForCausalLM")), Contains("for model_type qwen2"));
  CHECK_THAT(refused(of_family("qwen3_moe", "Qwen3MoeForCausalLM")), Contains("qwen3_moe"));
  CHECK_THAT(refused(of_family("a\x1b[2J\nb", "X")), !Contains("\x1b") && !Contains("\n"));
  auto config = tiny_config();
  config.erase("model_type");
  CHECK(refused(config) == "accepted");  // architectures alone will do
  config.erase("architectures");
  CHECK_THAT(refused(config), Contains("model_type is missing"));
  CHECK_THAT(refused(json::array()), Contains("must be a JSON object"));
}

TEST_CASE("keys that would change the computation are refused, unless neutral") {
  CHECK_THAT(refused_with("quantization_config", {{"quant_method", "gptq"}, {"bits", 4}}),
             Contains("quantization_config is set") && Contains("bfloat16"));
  CHECK_THAT(refused_with("num_local_experts", 8), Contains("num_local_experts is set"));
  CHECK_THAT(refused_with("attn_logit_softcapping", 50.0), Contains("attn_logit_softcapping is set"));
  CHECK_THAT(refused_with("partial_rotary_factor", 0.5), Contains("partial_rotary_factor is set"));
  CHECK_THAT(refused_with("bias", true), Contains("bias is set"));
  CHECK(refused_with("quantization_config", json::object()) == "accepted");
  CHECK(refused_with("partial_rotary_factor", 1.0) == "accepted");
  CHECK(refused_with("bias", false) == "accepted");
  CHECK(refused_with("num_local_experts", 0) == "accepted");
  CHECK(refused_with("a_key_of_someones_training_script", {1, 2}) == "accepted");
}

TEST_CASE("generation_config.json overrides the end tokens") {
  const TempDir folder;
  auto config = tiny_config();
  config["eos_token_id"] = 7;
  write_text(folder / "config.json", config.dump());
  CHECK(model::read_arch_spec(folder.path()).eos_ids == std::vector<std::int32_t>{7});
  write_text(folder / "generation_config.json", R"({"eos_token_id": [3, 4]})");
  CHECK(model::read_arch_spec(folder.path()).eos_ids == std::vector<std::int32_t>{3, 4});
  write_text(folder / "generation_config.json", R"({"temperature": 0.6})");
  CHECK(model::read_arch_spec(folder.path()).eos_ids == std::vector<std::int32_t>{7});
  write_text(folder / "generation_config.json", R"({"eos_token_id": "</s>"})");
  CHECK_THAT(refusal([&] { (void)model::read_arch_spec(folder.path()); }),
             Contains("generation_config.json: eos_token_id"));
}

TEST_CASE("generation_config.json gives defaults, and what is not followed is named") {
  const auto config = tiny_config();
  const auto read = [&](const json& generation) {
    return model::parse_arch_spec(config, &generation, "config.json").generation;
  };
  // As Qwen2.5-Instruct ships it.
  const auto qwen = read({{"bos_token_id", 1},
                          {"do_sample", true},
                          {"repetition_penalty", 1.05},
                          {"temperature", 0.7},
                          {"top_p", 0.8},
                          {"top_k", 20},
                          {"transformers_version", "4.37.0"}});
  CHECK(qwen.repetition_penalty == 1.05);
  CHECK(qwen.temperature == 0.7);
  CHECK(qwen.top_p == 0.8);
  CHECK(qwen.top_k == 20);
  CHECK(qwen.unused.empty());

  const auto none = read({{"temperature", nullptr}, {"max_length", 4096}, {"pad_token_id", 0}});
  CHECK(none.repetition_penalty == 1);
  CHECK_FALSE(none.temperature);
  CHECK_FALSE(none.top_k);
  CHECK_FALSE(none.top_p);
  CHECK(none.unused.empty());

  const json neutral = {
      {"no_repeat_ngram_size", 0},      {"typical_p", 1.0}, {"min_p", nullptr},
      {"bad_words_ids", json::array()}, {"num_beams", 1},   {"remove_invalid_values", false}};
  CHECK(read(neutral).unused.empty());
  const auto unusable = read({{"top_k", -1}, {"top_p", 1.5}, {"temperature", "hot"}});
  CHECK(unusable.unused == std::vector<std::string>{"temperature", "top_k", "top_p"});
  CHECK_FALSE(unusable.top_k.has_value());
  const json changing = {{"no_repeat_ngram_size", 3}, {"typical_p", 0.9},         {"min_p", 0.1},
                         {"suppress_tokens", {5, 6}}, {"forced_eos_token_id", 0}, {"num_beams", 4}};
  CHECK(read(changing).unused == std::vector<std::string>{"forced_eos_token_id", "min_p",
                                                          "no_repeat_ngram_size", "num_beams",
                                                          "suppress_tokens", "typical_p"});

  for (const json& penalty : {json(0), json("1.1")}) {
    const auto odd = read({{"repetition_penalty", penalty}});
    CHECK(odd.unused == std::vector<std::string>{"repetition_penalty"});
    CHECK(odd.repetition_penalty == 1);
  }
}

TEST_CASE("directories that are no model say so") {
  const TempDir folder;
  const auto refused = [&](const fs::path& path) {
    return refusal([&] { (void)model::read_arch_spec(path); });
  };
  CHECK_THAT(refused(folder / "none"), Contains("does not exist"));
  CHECK_THAT(refused(folder.path()), Contains("has no config.json"));
  write_text(folder / "config.json", "{");
  CHECK_THAT(refused(folder.path()), Contains("config.json") && Contains("not valid JSON"));
  write_text(folder / "config.json", R"({"a":)" + std::string(100, '[') + std::string(100, ']') + "}");
  CHECK_THAT(refused(folder.path()), Contains("nested deeper"));
  write_text(folder / "config.json", std::string(5 << 20, ' '));
  CHECK_THAT(refused(folder.path()), Contains("too large"));
}

TEST_CASE("every parity fixture opens, in all its splits") {
  int opened = 0;
  for (const auto& entry : fs::directory_iterator(ASSAY_TEST_DATA "/model")) {
    if (!fs::exists(entry.path() / "expected.json")) continue;
    INFO(entry.path());
    ++opened;
    const ArchSpec spec = model::read_arch_spec(entry.path());
    const model::Checkpoint checkpoint(entry.path(), spec);
    const auto element = static_cast<std::int64_t>(tensor::size_of(spec.checkpoint_dtype));
    std::int64_t stored = 0;
    for (const auto& [name, at] : model::open_checkpoint_files(entry.path()).tensors)
      stored += at.entry->bytes();
    CHECK(stored == element * spec.parameter_count());
    for (const int tp : {1, 2, 4}) {
      const auto shard = model::shard_of(spec, {.tp = tp, .pp = 2, .dp = 1},
                                         {.tensor_rank = tp - 1, .stage = 1, .replica = 0});
      const auto layer = checkpoint.layer(shard.layers.begin, shard);
      CHECK(layer.qkv.weight.dtype() == spec.checkpoint_dtype);
      CHECK(layer.qkv.weight.shape()[0] ==
            (shard.heads.size() + 2 * shard.kv_heads.size()) * spec.attention.head_dim);
    }
  }
  CHECK(opened >= 15);
}

TEST_CASE("all Llama-shaped configurations of the shared data are read") {
  const char* shared = std::getenv("ASSAY_SHARED_DATA");
  const fs::path root = fs::path(shared == nullptr ? "" : shared) / "model_configs";
  if (shared == nullptr || !fs::is_directory(root)) {
    return assay::test::skip(
        "real configurations are not read (ASSAY_SHARED_DATA names no folder with model_configs in "
        "it)");
  }
  int read = 0;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (!fs::exists(entry.path() / "config.json")) continue;
    INFO(entry.path());
    const auto config = util::read_json_file(entry.path() / "config.json");
    const std::string type = config.value("model_type", "");
    const bool ours = type == "llama" || type == "mistral" || type == "qwen2" || type == "qwen3";
    const bool quantised = config.contains("quantization_config") || config.contains("quantization");
    const std::string outcome = refusal([&] {
      const auto spec = model::read_arch_spec(entry.path());
      CHECK(spec.family == type);
      CHECK(spec.parameter_count() > 1'000'000'000);
    });
    if (ours && !quantised) {
      CHECK(outcome == "accepted");
      ++read;
    } else if (ours) {
      CHECK_THAT(outcome, Contains("quantised weights are not supported"));
    } else {
      CHECK_THAT(outcome, Contains("is not supported; supported are"));
    }
  }
  CHECK(read > 0);
}
