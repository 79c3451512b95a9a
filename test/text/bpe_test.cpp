#include "text/bpe.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace assay::text;
using assay::util::Json;
using Ids = std::vector<TokenId>;

namespace {

Json model(Json vocab, Json merges, Json extra = Json::object()) {
  Json json = {{"type", "BPE"}, {"vocab", std::move(vocab)}, {"merges", std::move(merges)}};
  json.update(extra);
  return json;
}

std::unique_ptr<BpeModel> read(const Json& json) {
  const TokenizerJson file = read_tokenizer_json(Json{{"model", json}}.dump(), "tokenizer.json");
  return std::make_unique<BpeModel>(JsonNode(file.rest, "tokenizer.json").at("model"), file.tables);
}

Ids encode(const Json& json, std::string_view piece) {
  Ids ids;
  read(json)->encode(piece, ids);
  return ids;
}

const Json abc = {{"a", 0}, {"b", 1}, {"c", 2}, {"ab", 3}, {"bc", 4}, {"abc", 5}, {"aa", 6}, {"aaa", 7}};

}  // namespace

TEST_CASE("merges go by rank, then from the left") {
  CHECK(encode(model(abc, {"b c", "a b"}), "abc") == Ids{0, 4});
  CHECK(encode(model(abc, {"a b", "b c", "ab c"}), "abc") == Ids{5});
  CHECK(encode(model(abc, {"a a"}), "aaaaa") == Ids{6, 6, 0});
  CHECK(encode(model(abc, {"a a", "aa a"}), "aaaa") == Ids{6, 6});
  CHECK(encode(model(abc, Json::array({Json::array({"a", "b"})})), "ab") == Ids{3});
  CHECK(encode(model(abc, {"#version: 0.2", "a b"}), "ab") == Ids{3});
  CHECK(encode(model(abc, Json::array()), "") == Ids{});
}

TEST_CASE("ignore_merges takes a whole piece from the vocabulary") {
  CHECK(encode(model(abc, {"b c"}, {{"ignore_merges", true}}), "abc") == Ids{5});
  CHECK(encode(model(abc, {"b c"}), "abc") == Ids{0, 4});
}

TEST_CASE("characters outside the vocabulary") {
  const Json vocab = {{"a", 0}, {"<unk>", 1}, {"<0xC3>", 2}, {"<0xA9>", 3}};
  const Json unk = {{"unk_token", "<unk>"}};
  const Json fused = {{"unk_token", "<unk>"}, {"fuse_unk", true}};
  const Json bytes = {{"unk_token", "<unk>"}, {"fuse_unk", true}, {"byte_fallback", true}};
  CHECK(encode(model(vocab, Json::array()), "xax") == Ids{0});  // without unk_token they vanish
  CHECK(encode(model(vocab, Json::array(), unk), "xyax") == Ids{1, 1, 0, 1});
  CHECK(encode(model(vocab, Json::array(), fused), "xyax") == Ids{1, 0, 1});
  CHECK(encode(model(vocab, Json::array(), bytes), "a\u00e9") == Ids{0, 2, 3});
  // A pending unknown comes after byte tokens: the reference does it so.
  CHECK(encode(model(vocab, Json::array(), bytes), "a\u017c\u00e9a") == Ids{0, 2, 3, 1, 0});
}

TEST_CASE("an unknown token that is not in the vocabulary matters only when it is needed") {
  const Json json = model(abc, Json::array(), {{"unk_token", "<unk>"}});
  CHECK(encode(json, "abc") == Ids{0, 1, 2});
  CHECK_THROWS_WITH(encode(json, "x"), Catch::StartsWith("tokenizer.json: model.unk_token"));
}

TEST_CASE("a megabyte of one letter is merged") {
  Json vocab = {{"a", 0}};
  Json merges = Json::array();
  std::string token = "a";
  for (int i = 1; i <= 10; ++i) {
    merges.push_back(token + " " + token);
    token += token;
    vocab[token] = i;
  }
  const Ids ids = encode(model(vocab, merges), std::string((1 << 20) + 1, 'a'));
  REQUIRE(ids.size() == 1025);
  CHECK(ids.front() == 10);
  CHECK(ids.back() == 0);
}

TEST_CASE("threads share one model") {
  const Json json = model(abc, {"a b", "b c", "ab c"});
  const auto model_owner = read(json);
  const BpeModel& bpe = *model_owner;
  std::vector<Ids> results(4);
  std::vector<std::thread> threads;
  for (Ids& ids : results) {
    threads.emplace_back([&bpe, &ids] {
      for (int i = 0; i < 2000; ++i) {
        ids.clear();
        bpe.encode(std::string(static_cast<std::size_t>(i % 7), 'a') + "bc", ids);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const Ids& ids : results) CHECK(ids == results.front());
  CHECK(bpe.token(5) != nullptr);
  CHECK(bpe.token(-1) == nullptr);
  CHECK(bpe.token(99) == nullptr);
}

TEST_CASE("bad models are refused with file and key") {
  const auto refused = [](const Json& json, const std::string& key) {
    INFO(json.dump());
    CHECK_THROWS_WITH(encode(json, "a"), Catch::Contains("tokenizer.json") && Catch::Contains(key));
  };
  refused({{"type", "Unigram"}, {"vocab", abc}, {"merges", Json::array()}}, "model.type");
  refused({{"vocab", abc}}, "merges");
  refused({{"merges", Json::array()}}, "vocab");
  refused(model(abc, {"a b"}, {{"dropout", 0.1}}), "model.dropout");
  refused(model(abc, {"a b"}, {{"continuing_subword_prefix", "##"}}), "model.continuing_subword_prefix");
  refused(model(abc, {"a b"}, {{"end_of_word_suffix", "</w>"}}), "model.end_of_word_suffix");
  refused(model(abc, {"a b"}, {{"shiny", 1}}), "shiny");
  refused(model(abc, {"a  b"}), "model.merges[0]");
  refused(model(abc, {"ab"}), "model.merges[0]");
  refused(model(abc, {"a b", "c x"}), "model.merges[1]");
  refused(model(abc, {"c c"}), "model.merges[0]");
  refused(model(abc, {3}), "model.merges[0]");
  refused(model({{"a", 0}, {"b", 0}}, Json::array()), "same id");
  refused(model({{"a", -1}}, Json::array()), "model.vocab");
  refused(model({{"a", 1 << 30}}, Json::array()), "model.vocab");
  refused(model({{"a", 1.5}}, Json::array()), "model.vocab");
  refused(model(Json::array({"a"}), Json::array()), "model.vocab");
  refused(model(abc, {"a b"}, {{"fuse_unk", "yes"}}), "model.fuse_unk");
}
