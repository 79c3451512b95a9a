// tokenizer.model: what the vectors do not cover.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "assay/text/tokenizer.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "support/temp_dir.hpp"
#include "text/sentencepiece_model.hpp"

using namespace assay::text;
using assay::test::TempDir;
using assay::util::InputError;
using Ids = std::vector<TokenId>;

namespace {

const std::filesystem::path model =
    std::filesystem::path(ASSAY_TEST_DATA) / "text/sentencepiece/tokenizer.model";

void write(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("BOS is added by default, as LlamaTokenizer does, and the flags change it") {
  const TempDir dir;
  const auto prefix = [&](const std::string& config) {
    if (!config.empty()) write(dir / "tokenizer_config.json", config);
    const auto tokenizer = load_tokenizer(dir.path());
    const Ids full = tokenizer->encode("a", true);
    const Ids bare = tokenizer->encode("a", false);
    CHECK(tokenizer->bos_id() == 1);
    CHECK(tokenizer->eos_id() == 2);
    Ids around = full;
    const auto at = std::search(around.begin(), around.end(), bare.begin(), bare.end());
    REQUIRE(at != around.end());
    around.erase(at, at + static_cast<std::ptrdiff_t>(bare.size()));
    return around;
  };
  write(dir / "tokenizer.model", assay::util::read_file(model));
  CHECK(prefix("") == Ids{1});
  CHECK(prefix(R"({"add_bos_token": false})") == Ids{});
  CHECK(prefix(R"({"add_eos_token": true})") == Ids{1, 2});
}

TEST_CASE("text after an added token has no leading space unless the class is legacy") {
  const TempDir dir;
  write(dir / "tokenizer.model", assay::util::read_file(model));
  write(dir / "tokenizer_config.json", R"({"legacy": false})");
  const Ids modern = load_tokenizer(dir.path())->encode("</s>the", false);
  write(dir / "tokenizer_config.json", R"({"legacy": true})");
  const auto legacy = load_tokenizer(dir.path());
  const Ids first = legacy->encode("the", false);
  const Ids after = legacy->encode("</s>the", false);
  CHECK(modern != after);
  CHECK(after.size() == first.size() + 1);
  CHECK(std::equal(first.begin(), first.end(), after.begin() + 1));
}

TEST_CASE("damaged models are refused, never a crash") {
  const TempDir dir;
  const std::string good = assay::util::read_file(model);
  REQUIRE(read_sentencepiece_header(good).has_value());
  CHECK(read_sentencepiece_header(good)->model_type == 2);
  CHECK(read_sentencepiece_header(good)->add_dummy_prefix);
  CHECK_FALSE(read_sentencepiece_header(without_dummy_prefix(good))->add_dummy_prefix);
  write(dir / "tokenizer.model", "IQ== 0\nIg== 1\n");  // a tiktoken file bears the same name
  CHECK_THROWS_WITH(load_tokenizer(dir.path()), Catch::Contains("tokenizer.model"));
  write(dir / "tokenizer.model", "");
  CHECK_THROWS_AS(load_tokenizer(dir.path()), InputError);
  write(dir / "tokenizer.model", good.substr(0, good.size() / 2));
  CHECK_THROWS_AS(load_tokenizer(dir.path()), InputError);
  std::mt19937 random(7);
  for (int i = 0; i < 30; ++i) {
    std::string bad = good;
    for (int k = 0; k < 4; ++k) bad[random() % bad.size()] = static_cast<char>(random());
    write(dir / "tokenizer.model", bad);
    try {
      (void)load_tokenizer(dir.path())->encode("the quick brown fox", true);
    } catch (const InputError&) {  // the only way to refuse
    }
  }
}
