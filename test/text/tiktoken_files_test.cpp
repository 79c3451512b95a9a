#include "text/tiktoken_files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "support/temp_dir.hpp"

using namespace assay::text;
using assay::test::TempDir;
using Ids = std::vector<TokenId>;

namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("lines of base64 and rank become tokens and every pair that makes one") {
  // a b c, aa, ab, aab, and the byte 0xFF
  const BpeTables tables = read_tiktoken("YQ== 0\nYg== 1\nYw== 2\r\nYWE= 3\nYWI= 4\n\nYWFi 5\n/w== 6", "f");
  REQUIRE(tables.vocabulary.size() == 7);
  CHECK(tables.vocabulary[5] == std::pair<std::string, TokenId>("aab", 5));
  CHECK(tables.vocabulary[6].first == "ÿ");
  using Pair = std::pair<std::string, std::string>;
  CHECK(tables.merges == std::vector<Pair>{{"a", "a"}, {"a", "b"}, {"a", "ab"}, {"aa", "b"}});
  CHECK(tables.merge_ranks == std::vector<std::uint32_t>{3, 4, 5, 5});
}

TEST_CASE("damaged tiktoken files are refused by line") {
  for (const std::string line : {"YQ==", "YQ== ", "YQ== x", "YQ== -1", "YQ== 1 ", "YQ= 1", "YQ 1", "=Q== 1",
                                 "Y!== 1", " 1", "YQ== 99999999999", "YQ==  1"}) {
    INFO(line);
    CHECK_THROWS_WITH(read_tiktoken("Yg== 0\n" + line, "dir/f"),
                      Catch::StartsWith("dir/f: line 2 is not a token"));
  }
  CHECK_THROWS_WITH(read_tiktoken("YQ== 0\nYQ== 1\n", "f"), Catch::Contains("twice"));
  CHECK(is_tiktoken("YQ== 0\n"));
  CHECK_FALSE(is_tiktoken(""));
  CHECK_FALSE(is_tiktoken("\n\x0e\n\x05<unk>\x15"));
}

TEST_CASE("the family of a tiktoken file decides what it does not say") {
  const fs::path data = fs::path(ASSAY_TEST_DATA) / "text";
  const TempDir dir;
  write(dir / "tokenizer.model", assay::util::read_file(data / "glm4_tiktoken/tokenizer.model"));
  CHECK_THROWS_WITH(load_tokenizer(dir.path()), Catch::Contains("of no known family"));
  write(dir / "tokenizer_config.json", R"({"tokenizer_class": "ChatGLM4Tokenizer"})");
  const auto tokenizer = load_tokenizer(dir.path());
  const Ids prefix = tokenizer->encode("", true);
  REQUIRE(prefix.size() == 2);
  CHECK(tokenizer->token_text(prefix[0]) == "[gMASK]");
  CHECK(tokenizer->token_text(prefix[1]) == "<sop>");
  CHECK(tokenizer->encode("<|user|>", false).size() == 1);
  // Tokens that the configuration numbers otherwise would all mean something else.
  write(dir / "tokenizer_config.json", R"({"tokenizer_class": "ChatGLM4Tokenizer",
    "added_tokens_decoder": {"9": {"content": "[gMASK]", "special": true}}})");
  CHECK_THROWS_WITH(load_tokenizer(dir.path()), Catch::Contains("has id 9 where 700 comes next"));
  write(dir / "tokenizer_config.json", R"({"tokenizer_class": "ChatGLM4Tokenizer",
    "added_tokens_decoder": {"700": {"content": "[gMASK]", "special": true}}})");
  CHECK_THROWS_WITH(load_tokenizer(dir.path()), Catch::Contains("no token \"<sop>\""));
}
