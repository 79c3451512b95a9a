// Exact ids and text against Hugging Face's tokenizers, on strings that are hard to tokenise.
#include "text/vectors.hpp"
#include "support/skip.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

namespace {

using assay::test::compare_with_vectors;
using assay::test::read_strings;
namespace fs = std::filesystem;

void check_family(const fs::path& folder, const std::vector<std::string>& strings) {
  const auto result = compare_with_vectors(folder, strings);
  INFO(folder << ": " << result.wrong << " wrong; first: " << result.first_wrong);
  CHECK(result.wrong == 0);
  CHECK(result.compared >= 2000);
}

void check_digests(const fs::path& folder, const std::vector<std::string>& strings) {
  const auto result = assay::test::compare_with_digests(folder, strings);
  INFO(folder << ": " << result.wrong << " wrong; first: " << result.first_wrong);
  CHECK(result.wrong == 0);
  CHECK(result.compared >= 5000);
}

}  // namespace

TEST_CASE("small tokenizers of every family give the reference's digests") {
  const fs::path data = fs::path(ASSAY_TEST_DATA) / "text";
  const auto strings = read_strings(data / "more_strings.jsonl.gz");
  for (const char* family :
       {"gpt2",          "llama3",        "qwen2",    "deepseek",      "llama2",   "mistral",
        "falcon",        "bloom",         "plain",    "sentencepiece", "neox",     "starcoder2",
        "gemma",         "phi3",          "chain",    "words",         "opt",      "qwen2_files",
        "qwen_tiktoken", "glm4_tiktoken", "chatglm3", "internlm2",     "baichuan2"}) {
    DYNAMIC_SECTION(family) {
      check_digests(data / family, strings);
    }
  }
}

TEST_CASE("small tokenizers of every style give the reference's ids and text") {
  const fs::path data = fs::path(ASSAY_TEST_DATA) / "text";
  const auto strings = read_strings(data / "strings.jsonl.gz");
  for (const char* family : {"gpt2", "llama3", "qwen2", "deepseek", "llama2", "mistral", "falcon", "bloom",
                             "plain", "sentencepiece"}) {
    DYNAMIC_SECTION(family) {
      check_family(data / family, strings);
    }
  }
}

TEST_CASE("real tokenizers give the reference's ids and text") {
  const char* shared = std::getenv("ASSAY_SHARED_DATA");
  const fs::path data = shared == nullptr ? fs::path() : fs::path(shared) / "tokenizer_vectors";
  if (shared == nullptr || !fs::exists(data / "strings.jsonl.gz")) {
    return assay::test::skip(
        "real tokenizers are not compared (ASSAY_SHARED_DATA names no folder with "
        "tokenizer_vectors/; "
        "make it with scripts/reference/tokenizer_vectors.py real)");
  }
  const auto strings = read_strings(data / "strings.jsonl.gz");
  std::size_t families = 0;
  for (const auto& entry : fs::directory_iterator(data)) {
    if (!entry.is_directory()) continue;
    ++families;
    if (fs::exists(entry.path() / "vectors.jsonl.gz")) check_family(entry.path(), strings);
  }
  CHECK(families >= 10);
}

TEST_CASE("real tokenizers give the reference's digests") {
  const char* shared = std::getenv("ASSAY_SHARED_DATA");
  const fs::path data = shared == nullptr ? fs::path() : fs::path(shared) / "tokenizer_vectors";
  if (shared == nullptr || !fs::exists(data / "more_strings.jsonl.gz")) {
    return assay::test::skip(
        "real tokenizers are not compared by digest (ASSAY_SHARED_DATA names no folder with "
        "tokenizer_vectors/more_strings.jsonl.gz; make it with scripts/reference/tokenizer_digests.py real)");
  }
  const auto strings = read_strings(data / "more_strings.jsonl.gz");
  for (const auto& entry : fs::directory_iterator(data)) {
    if (fs::exists(entry.path() / "digests.jsonl.gz")) check_digests(entry.path(), strings);
  }
}
