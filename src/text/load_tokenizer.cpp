#include <filesystem>

#include "assay/text/tokenizer.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "text/hf_tokenizer.hpp"
#include "text/sentencepiece_tokenizer.hpp"
#include "text/tiktoken_files.hpp"
#include "text/vocabulary_files.hpp"

namespace assay::text {
namespace {

constexpr std::size_t max_model_bytes = std::size_t{256} << 20;

}  // namespace

std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& model_directory) {
  if (std::filesystem::exists(model_directory / "tokenizer.json")) return load_hf_tokenizer(model_directory);
  const auto has = [&](const char* name) { return std::filesystem::exists(model_directory / name); };
  if (has("tokenizer.model")) {
    const auto path = model_directory / "tokenizer.model";
    return is_tiktoken(util::read_file(path, max_model_bytes))
               ? load_tiktoken(model_directory, "tokenizer.model")
               : load_sentencepiece_tokenizer(model_directory);
  }
  if (has("qwen.tiktoken")) return load_tiktoken(model_directory, "qwen.tiktoken");
  if (has("vocab.json") && has("merges.txt")) return load_vocabulary_files(model_directory);
  util::fail_input(
      "{} has neither tokenizer.json nor tokenizer.model, qwen.tiktoken, or vocab.json with merges.txt; save "
      "tokenizer.json there with transformers' "
      "AutoTokenizer.save_pretrained",
      model_directory.string());
}

}  // namespace assay::text
