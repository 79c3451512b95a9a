#include "text/hf_tokenizer.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "assay/util/json.hpp"
#include "support/temp_dir.hpp"

using namespace assay::text;
using assay::test::TempDir;
using assay::util::InputError;
using assay::util::Json;
using Ids = std::vector<TokenId>;

namespace {

Json added(int id, const std::string& content, Json flags = Json::object()) {
  Json token = {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
                {"rstrip", false}, {"normalized", false}, {"special", false}};
  token.update(flags);
  return token;
}

// a=0 b=1 space=2 and whatever is added.
Json spec(Json tokens = Json::array()) {
  return {{"version", "1.0"},
          {"added_tokens", std::move(tokens)},
          {"normalizer", nullptr},
          {"pre_tokenizer", nullptr},
          {"post_processor", nullptr},
          {"decoder", {{"type", "Fuse"}}},
          {"model", {{"type", "BPE"}, {"vocab", {{"a", 0}, {"b", 1}, {" ", 2}}}, {"merges", Json::array()}}}};
}

Ids encode(const Json& json, std::string_view text) {
  return parse_hf_tokenizer(json.dump())->encode(text, false);
}

void write(const std::filesystem::path& file, const Json& json) {
  std::ofstream(file) << json.dump();
}

Json with_bos() {
  Json json =
      spec(Json::array({added(3, "<s>", {{"special", true}}), added(4, "</s>", {{"special", true}})}));
  json["post_processor"] = {
      {"type", "TemplateProcessing"},
      {"single",
       {{{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}}, {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}}},
      {"pair", Json::array()},
      {"special_tokens", {{"<s>", {{"id", "<s>"}, {"ids", {3}}, {"tokens", {"<s>"}}}}}}};
  return json;
}

}  // namespace

TEST_CASE("a short file cannot make a text grow without end") {
  const auto steps = [](const Json& step, int count, const char* type, const char* key) {
    Json list = Json::array();
    for (int i = 0; i < count; ++i) list.push_back(step);
    return Json{{"type", type}, {key, list}};
  };
  const auto normalizers = [&](const Json& step, int count) {
    return steps(step, count, "Sequence", "normalizers");
  };
  const Json doubling = {{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "aa"}};
  Json json = spec();
  json["normalizer"] = normalizers(doubling, 10);
  CHECK(encode(json, "aab").size() == 2 * 1024 + 1);
  json["normalizer"] = normalizers(doubling, 40);
  CHECK_THROWS_WITH(encode(json, "aab"), Catch::Contains("normaliser") && Catch::Contains("limit"));
  // One step is enough where its content is long; and every piece between added tokens counts.
  json["normalizer"] = {
      {"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", std::string(100'000, 'b')}};
  CHECK_THROWS_AS(encode(json, std::string(10'000, 'a')), InputError);
  json["added_tokens"] = Json::array({added(3, "<s>", {{"special", true}})});
  std::string pieces;
  for (int i = 0; i < 1000; ++i) pieces += "<s>a";
  CHECK_THROWS_AS(encode(json, pieces), InputError);
  json["normalizer"] = {{"type", "Prepend"}, {"prepend", std::string(100'000, 'b')}};
  CHECK_THROWS_AS(encode(json, pieces), InputError);
  // Nested sequences count together.
  json["normalizer"] = normalizers({{"type", "NFC"}}, 64);
  CHECK(encode(json, "ab") == Ids{0, 1});
  json["normalizer"] = normalizers(normalizers({{"type", "NFC"}}, 33), 2);
  CHECK_THROWS_WITH(parse_hf_tokenizer(json.dump()), Catch::Contains("chain of normalisers is too long"));

  json = spec();
  const Json byte_level = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}};
  json["pre_tokenizer"] = steps(byte_level, 40, "Sequence", "pretokenizers");
  CHECK_THROWS_WITH(encode(json, "a b"), Catch::Contains("pre-tokeniser") && Catch::Contains("limit"));
  json["pre_tokenizer"] = steps(byte_level, 65, "Sequence", "pretokenizers");
  CHECK_THROWS_WITH(parse_hf_tokenizer(json.dump()), Catch::Contains("chain of pre-tokenisers is too long"));
}

TEST_CASE("added tokens are found leftmost, then longest") {
  CHECK(encode(spec({added(3, "ab"), added(4, "abab"), added(5, "ba")}), "ababba") == Ids{4, 5});
  CHECK(encode(spec({added(3, "ab"), added(4, "abab"), added(5, "ba")}), "abba") == Ids{3, 5});
}

TEST_CASE("special tokens are plain text in plain ranges") {
  using Ranges = std::vector<ByteRange>;
  const auto special = [](int id, const char* text, Json flags = Json::object()) {
    flags["special"] = true;
    return added(id, text, std::move(flags));
  };
  const auto plain = [](const Json& json, std::string_view text, const Ranges& ranges) {
    return parse_hf_tokenizer(json.dump())->encode(text, false, ranges);
  };
  const Json json = spec({special(3, "ab"), special(4, "abab"), added(5, "ba")});
  CHECK(plain(json, "ababb", {}) == Ids{4, 1});
  CHECK(plain(json, "ababb", {{0, 0}}) == Ids{4, 1});
  CHECK(plain(json, "ababb", {{4, 5}}) == Ids{4, 1});
  CHECK(plain(json, "ababb", {{3, 4}}) == Ids{3, 0, 1, 1});  // the longer one touches it, the shorter not
  CHECK(plain(json, "ababb", {{0, 1}}) == Ids{0, 5, 1, 1});  // tokens that are not special are found
  CHECK(plain(json, "ababb", {{0, 1}, {3, 5}}) == Ids{0, 5, 1, 1});
  CHECK(plain(json, "ab ab ab", {{3, 5}}) == Ids{3, 2, 0, 1, 2, 3});
  CHECK(plain(json, "ab ab ab", {{0, 8}}) == Ids{0, 1, 2, 0, 1, 2, 0, 1});
  // Bytes that become U+FFFD, which is unknown here, move the ranges behind them and belong to one whole.
  const std::string lead = "\xFF\xF0\x9F";
  CHECK(plain(json, lead + "ab ab", {{0, 5}}) == Ids{0, 1, 2, 3});
  CHECK(plain(json, "ab" + lead + "ab", {{4, 6}}) == Ids{3, 0, 1});
  CHECK(plain(json, "ab" + lead + "ab", {{2, 4}}) == Ids{3, 3});

  SECTION("sought in the normalised text") {
    Json moved = spec({special(3, "ab", {{"normalized", true}})});
    CHECK(plain(moved, "ab ab", {{3, 4}}) == Ids{3, 2, 0, 1});
    moved["normalizer"] = {{"type", "Sequence"},
                           {"normalizers",
                            {{{"type", "Replace"}, {"pattern", {{"String", "b"}}}, {"content", "bb"}},
                             {{"type", "Lowercase"}}}}};
    // The token is "abb" there.
    CHECK(plain(moved, "BbAb ab", {}) == Ids{1, 1, 1, 3, 2, 3});
    CHECK(plain(moved, "bbAb ab", {{0, 2}}) == Ids{1, 1, 1, 1, 3, 2, 3});
    CHECK(plain(moved, "bbAb ab", {{0, 3}}) == Ids{1, 1, 1, 1, 0, 1, 1, 2, 3});
    CHECK(plain(moved, "bbAb ab", {{4, 5}}) == Ids{1, 1, 1, 1, 3, 2, 3});
    CHECK(plain(moved, "bbAb ab", {{4, 6}}) == Ids{1, 1, 1, 1, 3, 2, 0, 1, 1});
    CHECK(plain(moved, "bbAb ab", {{6, 7}}) == Ids{1, 1, 1, 1, 3, 2, 0, 1, 1});
  }
  SECTION("white space that a token swallows is not its text") {
    const Json strip = spec({special(3, "Y", {{"lstrip", true}, {"rstrip", true}})});
    CHECK(plain(strip, "a Y b", {{0, 2}, {3, 5}}) == Ids{0, 3, 1});
    CHECK(plain(strip, "a Y b", {{0, 3}}) == Ids{0, 2, 2, 1});
  }
}

TEST_CASE("added tokens swallow space and respect words") {
  CHECK(encode(spec({added(3, "Y", {{"lstrip", true}, {"rstrip", true}})}), "a Y Y b") == Ids{0, 3, 3, 1});
  CHECK(encode(spec({added(3, " ", {{"rstrip", true}}), added(4, "Y", {{"lstrip", true}})}), "a   Y") ==
        Ids{0, 2, 2, 2, 3});
  const Json word = spec({added(3, "Y", {{"single_word", true}})});
  CHECK(encode(word, "aY Y Ya Y") == Ids{0, 2, 3, 2, 0, 2, 3});
}

TEST_CASE("normalized tokens are sought in the normalised text") {
  Json json = spec({added(3, "AB", {{"normalized", true}}), added(4, "Ba")});
  json["normalizer"] = {{"type", "Lowercase"}};
  CHECK(encode(json, "abABBaA") == Ids{3, 3, 4, 0});
}

TEST_CASE("ids of added tokens follow the vocabulary, whatever the file says") {
  const auto tokenizer = parse_hf_tokenizer(spec({added(10, "X"), added(7, "a"), added(20, "Y")}).dump());
  CHECK(tokenizer->encode("aXbY", false) == Ids{0, 3, 1, 4});
  CHECK(tokenizer->vocab_size() == 5);
  CHECK(tokenizer->token_text(4) == "Y");
  CHECK(tokenizer->token_text(5).empty());
  CHECK(tokenizer->token_text(-1).empty());
}

TEST_CASE("special tokens are left out of plain text, unknown ids of any text") {
  const auto tokenizer = parse_hf_tokenizer(with_bos().dump());
  CHECK(tokenizer->decode(Ids{3, 0, 99, -5, 1, 4}, true) == "ab");
  CHECK(tokenizer->decode(Ids{3, 0, 1, 4}, false) == "<s>ab</s>");
  CHECK(tokenizer->decode(Ids{}, true).empty());
}

TEST_CASE("the post-processor is the file's unless Llama's flags say otherwise") {
  const TempDir dir;
  write(dir / "tokenizer.json", with_bos());
  Json config = {{"bos_token", "<s>"}, {"eos_token", {{"content", "</s>"}}}};
  const auto encoded = [&](const Json& changes) {
    Json all = config;
    all.update(changes);
    write(dir / "tokenizer_config.json", all);
    return load_tokenizer(dir.path())->encode("a", true);
  };
  CHECK(encoded(Json::object()) == Ids{3, 0});
  CHECK(encoded({{"tokenizer_class", "LlamaTokenizer"}}) == Ids{3, 0});
  CHECK(encoded({{"tokenizer_class", "LlamaTokenizerFast"}, {"add_bos_token", false}}) == Ids{0});
  CHECK(encoded({{"tokenizer_class", "LlamaTokenizer"}, {"add_eos_token", true}}) == Ids{3, 0, 4});
  CHECK(encoded({{"tokenizer_class", "GemmaTokenizer"}, {"add_bos_token", false}, {"add_eos_token", true}}) ==
        Ids{0, 4});
  CHECK(encoded({{"tokenizer_class", "PreTrainedTokenizerFast"}, {"add_bos_token", false}}) == Ids{3, 0});
  CHECK(load_tokenizer(dir.path())->encode("a", false) == Ids{0});
}

TEST_CASE("BOS and EOS come from the configuration, the older files, or the class") {
  const TempDir dir;
  write(dir / "tokenizer.json", with_bos());
  auto tokenizer = load_tokenizer(dir.path());
  CHECK_FALSE(tokenizer->bos_id().has_value());
  CHECK_FALSE(tokenizer->eos_id().has_value());
  const std::string plain = tokenizer->fingerprint();
  CHECK(plain.size() == 64);

  write(dir / "config.json", {{"model_type", "llama"}});
  tokenizer = load_tokenizer(dir.path());
  CHECK(tokenizer->bos_id() == 3);
  CHECK(tokenizer->eos_id() == 4);

  write(dir / "special_tokens_map.json", {{"eos_token", "<end>"}});
  write(dir / "added_tokens.json", {{"<end>", 5}});
  tokenizer = load_tokenizer(dir.path());
  CHECK(tokenizer->eos_id() == 5);
  CHECK(tokenizer->vocab_size() == 6);
  CHECK(tokenizer->decode(Ids{0, 5}, true) == "a");
  CHECK(tokenizer->fingerprint() != plain);

  write(dir / "tokenizer_config.json", {{"bos_token", nullptr},
                                        {"eos_token", "b"},
                                        {"added_tokens_decoder", {{"5", {{"content", "<new>"}}}}}});
  tokenizer = load_tokenizer(dir.path());
  CHECK(tokenizer->eos_id() == 1);
  CHECK(tokenizer->encode("a<new>", false) == Ids{0, 5});
}

TEST_CASE("what is not understood is refused with file and key") {
  const auto refused = [](const char* pointer, const Json& value, const std::string& key) {
    Json json = with_bos();
    json[Json::json_pointer(pointer)] = value;
    INFO(pointer << " = " << value.dump());
    try {
      (void)parse_hf_tokenizer(json.dump());
      FAIL("accepted");
    } catch (const InputError& error) {
      CHECK_THAT(error.what(), Catch::StartsWith("tokenizer.json: ") && Catch::Contains(key));
    }
  };
  refused("/surprise", 1, "surprise");
  refused("/model", nullptr, "model");
  refused("/normalizer", {{"type", "Nmt"}}, "normalizer.type");
  refused("/normalizer", {{"type", "Sequence"}, {"normalizers", {{{"type", "Precompiled"}}}}},
          "normalizer.normalizers[0].type");
  refused("/normalizer", {{"type", "Prepend"}}, "prepend");
  refused("/normalizer", {{"type", "NFC"}, {"x", 1}}, "\"x\"");
  refused("/pre_tokenizer", {{"type", "UnicodeScripts"}}, "pre_tokenizer.type");
  refused("/pre_tokenizer", {{"type", "Metaspace"}, {"replacement", "ab"}}, "pre_tokenizer");
  refused("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Regex", "("}}}, {"behavior", "Isolated"}},
          "pre_tokenizer.pattern.Regex");
  refused("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Regex", "a"}}}, {"behavior", "Torn"}},
          "pre_tokenizer.behavior");
  refused("/post_processor", {{"type", "BertProcessing"}}, "post_processor");
  refused("/post_processor", {{"type", "CTC"}}, "post_processor.type");
  refused("/post_processor/single/0/SpecialToken/id", "<x>", "post_processor.special_tokens");
  refused("/post_processor/single/1/Sequence/id", "B", "post_processor.single[1].Sequence");
  refused("/post_processor/special_tokens/<s>/ids", {-1}, "ids[0]");
  refused("/decoder", {{"type", "CTC"}}, "decoder.type");
  refused("/added_tokens/0/id", "3", "added_tokens[0].id");
  refused("/added_tokens/0/content", std::string(5000, 'x'), "added_tokens[0]");
  refused("/added_tokens/0/color", 1, "color");
  refused("/added_tokens", 7, "added_tokens");
}

TEST_CASE("text that is not JSON, or hostile JSON, is refused") {
  std::string deep = R"({"normalizer":)";
  for (int i = 0; i < 5000; ++i) deep += R"({"type":"Sequence","normalizers":[)";
  for (const std::string& text : {std::string(), std::string("{"), std::string("[]"), std::string("7"), deep,
                                  std::string("{\"model\":{},\"model\":{}}"), std::string("\xff\xfe"),
                                  std::string(R"({"model":{"vocab":{"a":0,"a":1},"merges":[]}})"),
                                  std::string(R"({"model":{"vocab":{"a":0},"vocab":{"a":0},"merges":[]}})"),
                                  std::string(R"({"model":{"vocab":{"a":0},"merges":[],"merges":[]}})"),
                                  std::string(R"({"model":{"vocab":{"a":{}},"merges":[]}})"),
                                  std::string(R"({"model":{"vocab":{"a":0},"merges":[[["a"]]]}})"),
                                  std::string(R"({"model":{"vocab":{"a":0},"merges":[["a"]]}})"),
                                  std::string(R"({"model":{"vocab":{"a":0},"merges":[["a","a","a"]]}})"),
                                  std::string(R"({"model":{"vocab":{"a":0},"merges":[]}} x)"),
                                  std::string(R"([{"vocab":{"a":0},"merges":[]}])")}) {
    CHECK_THROWS_AS(parse_hf_tokenizer(text), InputError);
  }
}

TEST_CASE("a directory without a tokenizer says what to do") {
  const TempDir dir;
  CHECK_THROWS_WITH(load_tokenizer(dir.path()), Catch::Contains("save_pretrained"));
  CHECK_THROWS_AS(load_tokenizer(dir.path() / "none"), InputError);
}

TEST_CASE("configuration files are checked as well") {
  const TempDir dir;
  write(dir / "tokenizer.json", with_bos());
  for (const Json& config : {Json::array(), Json{{"add_bos_token", "yes"}}, Json{{"bos_token", 3}},
                             Json{{"added_tokens_decoder", {{"x", {{"content", "a"}}}}}},
                             Json{{"added_tokens_decoder", {{"-1", {{"content", "a"}}}}}},
                             Json{{"added_tokens_decoder", {{"1", "a"}}}}}) {
    write(dir / "tokenizer_config.json", config);
    INFO(config.dump());
    CHECK_THROWS_WITH(load_tokenizer(dir.path()), Catch::Contains("tokenizer_config.json"));
  }
}

TEST_CASE("a megabyte of anything is tokenised by every style") {
  const std::string data = std::string(ASSAY_TEST_DATA) + "/text/";
  for (const char* family : {"gpt2", "llama3", "qwen2", "llama2", "mistral", "deepseek", "bloom", "plain"}) {
    const auto tokenizer = load_tokenizer(data + family);
    for (const char* unit : {"a", " ", "😀", "\xff"}) {
      std::string text;
      while (text.size() < (1 << 20)) text += unit;
      const Ids ids = tokenizer->encode(text, false);
      INFO(family << " " << unit);
      CHECK(ids.size() <= 3 * text.size() + 1);
    }
  }
}
