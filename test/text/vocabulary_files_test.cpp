#include "text/vocabulary_files.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "assay/util/error.hpp"
#include "support/temp_dir.hpp"

using namespace assay::text;
using assay::test::TempDir;
using assay::util::InputError;
using Ids = std::vector<TokenId>;

namespace {

void write(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// a=0 b=1 (space)=2 ab=3 and <|endoftext|>=4
void write_files(const TempDir& dir, const std::string& merges = "#version: 0.2\na b\n") {
  write(dir / "vocab.json", R"({"a":0,"b":1,"Ġ":2,"ab":3,"<|endoftext|>":4})");
  write(dir / "merges.txt", merges);
}

}  // namespace

TEST_CASE("the class says how vocab.json and merges.txt split text") {
  const TempDir dir;
  write_files(dir);
  CHECK_THROWS_WITH(load_tokenizer(dir.path()), Catch::Contains("is not known without tokenizer.json"));
  write(dir / "config.json", R"({"model_type": "gpt2"})");
  auto tokenizer = load_tokenizer(dir.path());
  CHECK(tokenizer->encode("ab a<|endoftext|>b", true) == Ids{3, 2, 0, 4, 1});
  CHECK(tokenizer->eos_id() == 4);
  CHECK(tokenizer->decode(Ids{3, 2, 0, 4}, true) == "ab a");
  write(dir / "tokenizer_config.json",
        R"({"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true, "add_prefix_space": true})");
  tokenizer = load_tokenizer(dir.path());
  CHECK(tokenizer->encode("ab", true) == Ids{4, 2, 3});
  CHECK(tokenizer->encode("ab", false) == Ids{2, 3});
  write(dir / "tokenizer_config.json", R"({"tokenizer_class": "RobertaTokenizer"})");
  CHECK_THROWS_WITH(load_tokenizer(dir.path()), Catch::Contains("RobertaTokenizer"));
}

TEST_CASE("damaged vocabulary files are refused with file and line") {
  const TempDir dir;
  write(dir / "config.json", R"({"model_type": "gpt2"})");
  for (const char* merges : {"a", "a b c", "a  b", "a b\nb"}) {
    write_files(dir, merges);
    INFO(merges);
    CHECK_THROWS_WITH(load_tokenizer(dir.path()), Catch::Contains("merges.txt: line"));
  }
  write_files(dir, "b a\n");
  CHECK_THROWS_WITH(load_tokenizer(dir.path()), Catch::Contains("merges[0]") && Catch::Contains("\"ba\""));
  write_files(dir);
  for (const char* vocabulary : {"", "[]", "{\"a\": 0", R"({"a": "0"})", R"({"a": 0, "a": 1})"}) {
    write(dir / "vocab.json", vocabulary);
    INFO(vocabulary);
    CHECK_THROWS_AS(load_tokenizer(dir.path()), InputError);
  }
}
