#include <filesystem>

#include "assay/text/tokenizer.hpp"
#include "assay/util/error.hpp"
#include "text/hf_tokenizer.hpp"
#include "text/sentencepiece_tokenizer.hpp"

namespace assay::text {

std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& model_directory) {
  if (std::filesystem::exists(model_directory / "tokenizer.json")) return load_hf_tokenizer(model_directory);
  if (std::filesystem::exists(model_directory / "tokenizer.model")) {
    return load_sentencepiece_tokenizer(model_directory);
  }
  util::fail_input(
      "{} has neither tokenizer.json nor tokenizer.model; save tokenizer.json there with transformers' "
      "AutoTokenizer.save_pretrained",
      model_directory.string());
}

}  // namespace assay::text
