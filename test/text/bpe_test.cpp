#include "text/bpe.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <thread>
#include <tuple>

#include <fmt/format.h>

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
  BpeModel::Scratch scratch;
  read(json)->encode(piece, BpeModel::Alphabet::characters, scratch, ids);
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

TEST_CASE("cutting, remembering and the heap change no ids") {
  // Merges one after the other over the whole piece, by rank and then from the left.
  using Ranks = std::map<std::pair<std::string, std::string>, std::size_t>;
  const auto plainly = [](const Ranks& ranks, const Json& vocab, std::vector<std::string> parts) {
    for (;;) {
      std::size_t best_rank = ranks.size();
      std::size_t best = 0;
      for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const auto it = ranks.find({parts[i], parts[i + 1]});
        if (it != ranks.end() && it->second < best_rank)
          std::tie(best_rank, best) = std::tuple(it->second, i);
      }
      if (best_rank == ranks.size()) break;
      parts[best] += parts[best + 1];
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
    Ids ids;
    for (const std::string& part : parts) ids.push_back(vocab.at(part).get<TokenId>());
    return ids;
  };
  const std::vector<std::string> alphabet = {"a", "b", ".", "▁", "é", "字"};
  std::mt19937 random(11);
  for (int round = 0; round < 12; ++round) {
    Json vocab = Json::object();
    std::vector<std::string> tokens = alphabet;
    for (int byte = 0; byte < 256; ++byte) vocab[fmt::format("<0x{:02X}>", byte)] = byte;
    for (const std::string& letter : alphabet) vocab[letter] = vocab.size();
    Json merges = Json::array();
    Ranks ranks;
    while (merges.size() < 25) {
      const std::string left = tokens[random() % tokens.size()];
      const std::string right = tokens[random() % tokens.size()];
      if (left.size() + right.size() > 30 || vocab.contains(left + right)) continue;
      // Every other model joins nothing to a following space.
      if (round % 2 == 0 && right.starts_with("▁") && !left.ends_with("▁")) continue;
      ranks[{left, right}] = merges.size();
      merges.push_back(Json::array({left, right}));
      tokens.push_back(left + right);
      vocab[left + right] = vocab.size();
    }
    if (round % 4 == 3) {  // no training gives such ranks: a merge may make a pair that goes before it
      std::shuffle(merges.begin(), merges.end(), random);
      for (std::size_t i = 0; i < merges.size(); ++i) ranks[{merges[i][0], merges[i][1]}] = i;
    }
    const Json json = model(vocab, merges, {{"byte_fallback", true}});
    const auto bpe = read(json);
    BpeModel::Scratch scratch;
    std::size_t wrong = 0;
    for (int i = 0; i < 60; ++i) {
      std::vector<std::string> letters(1 + random() % (i % 20 == 7 ? 700 : (i % 3 == 0 ? 150 : 12)));
      std::string piece;
      for (std::string& letter : letters) piece += letter = alphabet[random() % alphabet.size()];
      const Ids wanted = plainly(ranks, vocab, letters);
      for (int again = 0; again < 2; ++again) {
        Ids ids;
        bpe->encode(piece, BpeModel::Alphabet::characters, scratch, ids);
        if (ids != wanted) ++wrong;
      }
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("words are remembered by all of their bytes") {
  WordCache cache;
  const auto word = [](std::size_t size, std::size_t changed) {
    std::string text(size, 'x');
    if (changed < size) text[changed] = 'y';
    return text;
  };
  for (std::size_t size = 1; size <= WordCache::max_word_bytes; ++size) {
    const Ids ids = {static_cast<TokenId>(size), 7};
    cache.keep(word(size, size), ids.data(), ids.data() + ids.size());
    Ids found;
    REQUIRE(cache.append(word(size, size), found));
    CHECK(found == ids);
    for (std::size_t changed = 0; changed < size; ++changed) {
      if (cache.append(word(size, changed), found)) FAIL("another word of " << size << " bytes");
    }
  }
  const Ids many(200, 1);
  cache.keep("z", many.data(), many.data() + many.size());
  Ids found;
  CHECK_FALSE(cache.append("z", found));
}

TEST_CASE("threads share one model") {
  const Json json = model(abc, {"a b", "b c", "ab c"});
  const auto model_owner = read(json);
  const BpeModel& bpe = *model_owner;
  std::vector<Ids> results(4);
  std::vector<std::thread> threads;
  for (Ids& ids : results) {
    threads.emplace_back([&bpe, &ids] {
      BpeModel::Scratch scratch;
      for (int i = 0; i < 2000; ++i) {
        ids.clear();
        bpe.encode(std::string(static_cast<std::size_t>(i % 7), 'a') + "bc", BpeModel::Alphabet::characters,
                   scratch, ids);
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
