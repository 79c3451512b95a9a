#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "assay/model/weights.hpp"
#include "model/checkpoint_writer.hpp"
#include "model/slice_reader.hpp"

using namespace assay;
using Catch::Contains;
using Catch::Equals;
using model::Checkpoint;
using model::Range;
using model::RankShard;
using test::refusal;
using test::StoredTensor;
using test::TinyCheckpoint;

namespace {

std::vector<float> floats(const tensor::Tensor& values) {
  const tensor::Tensor copy = values.to_float32();
  return {copy.data<float>(), copy.data<float>() + copy.elements()};
}

// The block of a [rows, cols] tensor, cut from the whole: what a slice must hold.
std::vector<float> block(const StoredTensor& stored, Range rows, Range cols) {
  const auto all = test::floats_of(stored);
  std::vector<float> out;
  for (auto row = rows.begin; row < rows.end; ++row) {
    for (auto col = cols.begin; col < cols.end; ++col)
      out.push_back(all[static_cast<std::size_t>(row * stored.shape[1] + col)]);
  }
  return out;
}

std::vector<float> joined(std::initializer_list<std::vector<float>> parts) {
  std::vector<float> out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

// Rows [begin, end) of a vector.
std::vector<float> part(const StoredTensor& stored, Range range) {
  const auto all = test::floats_of(stored);
  return {all.begin() + range.begin, all.begin() + range.end};
}

RankShard shard(const model::ArchSpec& spec, int tp, int rank) {
  return model::shard_of(spec, {.tp = tp}, {.tensor_rank = rank, .stage = 0, .replica = 0});
}

std::string open_refusal(const TinyCheckpoint& checkpoint) {
  checkpoint.write();
  return refusal([&] { Checkpoint opened(checkpoint.path(), checkpoint.spec()); });
}

// Every slice of one rank against blocks of the whole tensors.
void check_slices(const TinyCheckpoint& source, const Checkpoint& checkpoint, const RankShard& at,
                  std::int64_t layer) {
  const model::ArchSpec spec = source.spec();
  const std::string prefix = "model.layers." + std::to_string(layer) + ".";
  const auto& tensors = source.tensors;
  const auto weight = [&](const std::string& name) -> const StoredTensor& {
    return tensors.at(prefix + name + ".weight");
  };
  const std::int64_t dim = spec.attention.head_dim;
  const Range q{at.heads.begin * dim, at.heads.end * dim};
  const Range kv{at.kv_heads.begin * dim, at.kv_heads.end * dim};
  const Range all{0, spec.hidden};
  const model::LayerWeights got = checkpoint.layer(layer, at);
  CHECK(floats(got.qkv.weight) ==
        joined({block(weight("self_attn.q_proj"), q, all), block(weight("self_attn.k_proj"), kv, all),
                block(weight("self_attn.v_proj"), kv, all)}));
  CHECK(got.qkv.weight.shape() == tensor::Shape{q.size() + 2 * kv.size(), spec.hidden});
  CHECK(floats(got.attention_out.weight) == block(weight("self_attn.o_proj"), all, q));
  CHECK(floats(got.gate_up.weight) == joined({block(weight("mlp.gate_proj"), at.intermediate, all),
                                              block(weight("mlp.up_proj"), at.intermediate, all)}));
  CHECK(floats(got.down.weight) == block(weight("mlp.down_proj"), all, at.intermediate));
  CHECK(got.down.weight.shape() == tensor::Shape{spec.hidden, at.intermediate.size()});
  CHECK(floats(got.attention_norm.weight) == test::floats_of(weight("input_layernorm")));
  CHECK(floats(got.mlp_norm.weight) == test::floats_of(weight("post_attention_layernorm")));
  if (spec.attention.qkv_bias) {
    const auto bias = [&](const std::string& name) -> const StoredTensor& {
      return tensors.at(prefix + name + ".bias");
    };
    CHECK(floats(got.qkv.bias) ==
          joined({part(bias("self_attn.q_proj"), q), part(bias("self_attn.k_proj"), kv),
                  part(bias("self_attn.v_proj"), kv)}));
  } else {
    CHECK(got.qkv.bias.empty());
  }
}

void check_all_slices(const TinyCheckpoint& source, std::initializer_list<int> tps) {
  source.write();
  const model::ArchSpec spec = source.spec();
  for (const int tp : tps) {
    for (int rank = 0; rank < tp; ++rank) {
      INFO("tp " << tp << " rank " << rank);
      const Checkpoint checkpoint(source.path(), spec);
      const RankShard at = shard(spec, tp, rank);
      for (std::int64_t layer = 0; layer < spec.layers; ++layer) check_slices(source, checkpoint, at, layer);
      const auto& embedding = source.tensors.at("model.embed_tokens.weight");
      CHECK(floats(checkpoint.embedding(at)) == block(embedding, at.vocab, {0, spec.hidden}));
      const auto& head = spec.tie_word_embeddings ? embedding : source.tensors.at("lm_head.weight");
      CHECK(floats(checkpoint.lm_head(at).weight) == block(head, at.vocab, {0, spec.hidden}));
      CHECK(floats(checkpoint.final_norm().weight) ==
            test::floats_of(source.tensors.at("model.norm.weight")));
    }
  }
}

}  // namespace

TEST_CASE("slices equal blocks of the whole tensors") {
  check_all_slices(TinyCheckpoint(), {1, 3});
}

TEST_CASE("slices with replicated KV heads and uneven vocabulary") {
  check_all_slices(TinyCheckpoint(), {6});  // 6 ranks, 3 KV heads, 13 tokens, 10 intermediate
  auto config = test::tiny_config();
  config["num_attention_heads"] = 4;
  config["num_key_value_heads"] = 1;
  check_all_slices(TinyCheckpoint(config), {1, 2, 4});
}

TEST_CASE("slices with biases, tied embeddings and head norms") {
  auto config = test::tiny_config();
  config["architectures"] = {"Qwen2ForCausalLM"};
  config["model_type"] = "qwen2";
  config["tie_word_embeddings"] = true;
  check_all_slices(TinyCheckpoint(config), {1, 3, 6});
  config["architectures"] = {"Qwen3ForCausalLM"};
  config["model_type"] = "qwen3";
  config["head_dim"] = 6;
  const TinyCheckpoint qwen3(config);
  check_all_slices(qwen3, {1, 3});
  const auto layer = Checkpoint(qwen3.path(), qwen3.spec()).layer(1, shard(qwen3.spec(), 3, 1));
  CHECK(floats(layer.q_norm.weight) ==
        test::floats_of(qwen3.tensors.at("model.layers.1.self_attn.q_norm.weight")));
  CHECK(floats(layer.k_norm.weight) ==
        test::floats_of(qwen3.tensors.at("model.layers.1.self_attn.k_norm.weight")));
}

TEST_CASE("the bias of a row-parallel layer goes to tensor rank 0 alone") {
  auto config = test::tiny_config();
  config["attention_bias"] = true;
  config["mlp_bias"] = true;
  const TinyCheckpoint source(config);
  source.write();
  const Checkpoint checkpoint(source.path(), source.spec());
  const auto first = checkpoint.layer(2, shard(source.spec(), 3, 0));
  const auto other = checkpoint.layer(2, shard(source.spec(), 3, 2));
  CHECK(floats(first.attention_out.bias) ==
        test::floats_of(source.tensors.at("model.layers.2.self_attn.o_proj.bias")));
  CHECK(floats(first.down.bias) == test::floats_of(source.tensors.at("model.layers.2.mlp.down_proj.bias")));
  CHECK(other.attention_out.bias.empty());
  CHECK(other.down.bias.empty());
  const Range third{2 * 10 / 3, 10};
  CHECK(floats(other.gate_up.bias) ==
        joined({part(source.tensors.at("model.layers.2.mlp.gate_proj.bias"), third),
                part(source.tensors.at("model.layers.2.mlp.up_proj.bias"), third)}));
}

TEST_CASE("each rank reads its own bytes and no others") {
  const TinyCheckpoint source;
  source.write();
  const auto spec = source.spec();
  const auto read_by = [&](int tp, int rank) {
    const Checkpoint checkpoint(source.path(), spec);
    CHECK(checkpoint.bytes_read() == 0);
    const RankShard at = shard(spec, tp, rank);
    (void)checkpoint.embedding(at);
    for (std::int64_t layer = 0; layer < spec.layers; ++layer) (void)checkpoint.layer(layer, at);
    (void)checkpoint.final_norm();
    (void)checkpoint.lm_head(at);
    return checkpoint.bytes_read();
  };
  const std::int64_t whole = 4 * spec.parameter_count();
  CHECK(read_by(1, 0) == whole);
  // Matrices are read once between all ranks; the 2 * 3 + 1 norms of 24 values by each.
  const std::int64_t norms = 4 * 7 * 24;
  CHECK(read_by(3, 0) + read_by(3, 1) + read_by(3, 2) == whole + 2 * norms);
  CHECK(read_by(3, 1) < whole / 2);
}

TEST_CASE("bfloat16 and float16 are kept as stored; vectors become float32") {
  for (const auto& [name, dtype] :
       {std::pair("BF16", tensor::DType::bf16), std::pair("F16", tensor::DType::f16)}) {
    TinyCheckpoint source;
    for (auto& [key, stored] : source.tensors) {
      const auto values = test::floats_of(stored);
      stored.dtype = name;
      stored.data.clear();
      for (std::size_t i = 0; i < values.size(); ++i) {
        const auto small = static_cast<float>(i % 64) / 8;  // exact in both
        const std::uint16_t bits =
            dtype == tensor::DType::bf16 ? tensor::to_bfloat16(small).bits : tensor::to_float16(small).bits;
        stored.data.append(reinterpret_cast<const char*>(&bits), 2);
      }
    }
    source.write();
    const Checkpoint checkpoint(source.path(), source.spec());
    const auto layer = checkpoint.layer(0, shard(source.spec(), 3, 1));
    CHECK(layer.qkv.weight.dtype() == dtype);
    CHECK(layer.attention_norm.weight.dtype() == tensor::DType::f32);
    CHECK(layer.attention_norm.weight.data<float>()[9] == 9.0f / 8);
    CHECK(floats(layer.attention_out.weight)[0] == 1.0f);  // row 0, column 8
    CHECK(floats(layer.attention_out.weight)[8] == 4.0f);  // row 1: element 32
  }
}

TEST_CASE("missing, surplus and ill-shaped tensors are refused by name") {
  TinyCheckpoint missing;
  missing.tensors.erase("model.layers.1.mlp.up_proj.weight");
  CHECK_THAT(open_refusal(missing), Contains("lacks the tensor model.layers.1.mlp.up_proj.weight"));
  TinyCheckpoint surplus;
  surplus.tensors["model.layers.3.mlp.up_proj.weight"] = test::counting_tensor({10, 24}, 0);
  CHECK_THAT(open_refusal(surplus),
             Contains("tensor model.layers.3.mlp.up_proj.weight is not part of the model"));
  TinyCheckpoint bias;
  bias.tensors["model.layers.0.self_attn.q_proj.bias"] = test::counting_tensor({24}, 0);
  CHECK_THAT(open_refusal(bias), Contains("q_proj.bias is not part of the model"));
  TinyCheckpoint shape;
  shape.tensors["model.norm.weight"] = test::counting_tensor({25}, 0);
  CHECK_THAT(open_refusal(shape),
             Contains("model.norm.weight has the shape [25], but config.json calls for [24]"));
  TinyCheckpoint transposed;
  transposed.tensors["model.layers.0.mlp.down_proj.weight"] = test::counting_tensor({10, 24}, 0);
  CHECK_THAT(open_refusal(transposed), Contains("[10, 24]") && Contains("[24, 10]"));
  TinyCheckpoint integers;
  integers.tensors["lm_head.weight"].dtype = "I32";
  CHECK_THAT(open_refusal(integers),
             Contains("lm_head.weight has the dtype I32") && Contains("F32, BF16, F16"));
}

TEST_CASE("buffers and the copy of a tied head are skipped") {
  TinyCheckpoint source;
  source.tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = test::counting_tensor({2}, 0);
  CHECK_THAT(open_refusal(source), Equals("accepted"));
  auto config = test::tiny_config();
  config["tie_word_embeddings"] = true;
  TinyCheckpoint tied(config);
  CHECK_FALSE(tied.tensors.contains("lm_head.weight"));
  tied.tensors["lm_head.weight"] = test::counting_tensor({13, 24}, -5000);
  CHECK_THAT(open_refusal(tied), Equals("accepted"));
  const Checkpoint checkpoint(tied.path(), tied.spec());
  const RankShard all = shard(tied.spec(), 1, 0);
  CHECK(floats(checkpoint.lm_head(all).weight) == floats(checkpoint.embedding(all)));
}

TEST_CASE("parts of one fused matrix must share a dtype") {
  TinyCheckpoint source;
  auto& stored = source.tensors["model.layers.0.self_attn.k_proj.weight"];
  stored.dtype = "BF16";
  stored.data.assign(stored.data.size() / 2, '\0');
  source.write();
  const Checkpoint checkpoint(source.path(), source.spec());
  CHECK_THAT(refusal([&] { (void)checkpoint.layer(0, shard(source.spec(), 1, 0)); }),
             Contains("k_proj.weight is stored as bfloat16") && Contains("must agree"));
}

TEST_CASE("NaN and infinity are refused by the tensor's name, by the rank that reads them") {
  for (const float bad :
       {std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
    TinyCheckpoint source;
    auto& data = source.tensors["model.layers.1.mlp.down_proj.weight"].data;
    std::memcpy(data.data() + data.size() - 4, &bad, 4);  // last row, last column: the last rank's
    source.write();
    const Checkpoint checkpoint(source.path(), source.spec());
    CHECK_THAT(refusal([&] { (void)checkpoint.layer(1, shard(source.spec(), 3, 2)); }),
               Contains("model.layers.1.mlp.down_proj.weight holds NaN or infinity"));
    CHECK_THAT(refusal([&] { (void)checkpoint.layer(1, shard(source.spec(), 3, 0)); }), Equals("accepted"));
    CHECK_THAT(refusal([&] { (void)checkpoint.layer(0, shard(source.spec(), 1, 0)); }), Equals("accepted"));
  }
}

TEST_CASE("the scan finds any non-finite element and no finite one") {
  for (const std::size_t count : {1u, 1023u, 1024u, 1025u, 3000u}) {
    std::vector<float> values(count, std::numeric_limits<float>::max());
    CHECK(model::find_non_finite(std::as_bytes(std::span(values)), tensor::DType::f32) == -1);
    values.back() = std::nanf("");
    CHECK(model::find_non_finite(std::as_bytes(std::span(values)), tensor::DType::f32) ==
          static_cast<std::int64_t>(count) - 1);
  }
  const std::vector<std::uint16_t> halves = {0x7bff, 0xfbff, 0x0001,
                                             0x7c00};  // finite, finite, subnormal, inf
  CHECK(model::find_non_finite(std::as_bytes(std::span(halves)), tensor::DType::f16) == 3);
  CHECK(model::find_non_finite(std::as_bytes(std::span(halves)), tensor::DType::bf16) == -1);
  const std::vector<std::uint16_t> brains = {0x7f7f, 0xff81};
  CHECK(model::find_non_finite(std::as_bytes(std::span(brains)), tensor::DType::bf16) == 1);
  CHECK(model::find_non_finite({}, tensor::DType::f32) == -1);
}

TEST_CASE("a checkpoint cut short after opening is an error") {
  const TinyCheckpoint source;
  source.write();
  const Checkpoint checkpoint(source.path(), source.spec());
  REQUIRE(::truncate((source.path() / "model.safetensors").c_str(), 4000) == 0);
  CHECK_THAT(refusal([&] { (void)checkpoint.layer(2, shard(source.spec(), 1, 0)); }),
             Contains("changed while it was read"));
}

TEST_CASE("the fingerprint follows config.json and the headers") {
  TinyCheckpoint source;
  source.write();
  const auto fingerprint = [&] { return Checkpoint(source.path(), source.spec()).fingerprint(); };
  const std::string first = fingerprint();
  CHECK(first.size() == 64);
  CHECK(fingerprint() == first);
  source.config["rms_norm_eps"] = 2e-5;
  source.write();
  const std::string second = fingerprint();
  CHECK(second != first);
  source.tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = test::counting_tensor({2}, 0);
  source.write();
  CHECK(fingerprint() != second);
}
