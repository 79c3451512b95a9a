#include "text/vocabulary_files.hpp"

#include "assay/util/files.hpp"
#include "text/hf_tokenizer.hpp"
#include "text/regex_scanners.hpp"
#include "text/tokenizer_config.hpp"
#include "text/tokenizer_json.hpp"

namespace assay::text {
namespace {

using util::Json;
constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

void read_merges(std::string_view text, const std::string& source, BpeTables& tables) {
  tables.has_merges = true;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with("#version")) continue;
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos) {
      util::fail_input("{}: line {} is not two tokens with a space between", source, number);
    }
    tables.merges.emplace_back(line.substr(0, space), line.substr(space + 1));
  }
}

Json byte_level(bool add_prefix_space, bool use_regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", add_prefix_space},
          {"trim_offsets", true},
          {"use_regex", use_regex}};
}

Json pipeline(const TokenizerConfig& config, const std::string& source) {
  Json json = {{"decoder", byte_level(true, true)}, {"model", {{"type", "BPE"}}}};
  const std::string& name = config.tokenizer_class;
  if (name == "GPT2Tokenizer" || name == "CodeGenTokenizer") {
    json["pre_tokenizer"] = byte_level(config.add_prefix_space.value_or(false), true);
    return json;
  }
  if (name == "Qwen2Tokenizer") {
    const Json split = {{"type", "Split"}, {"pattern", {{"Regex", qwen2_pattern}}}, {"behavior", "Isolated"}};
    json["normalizer"] = {{"type", "NFC"}};
    json["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", {split, byte_level(false, false)}}};
    return json;
  }
  util::fail_input(
      "{}: how the tokenizer class \"{}\" splits text is not known without tokenizer.json; save it there "
      "with "
      "transformers' AutoTokenizer.save_pretrained",
      source, name);
}

// The tokens that the class adds where the files name none.
void add_default_roles(TokenizerConfig& config) {
  for (const char* name : {"bos_token", "eos_token", "unk_token"}) {
    const auto content = config.role(name);
    if (content && !config.special.contains(name))
      config.special[name] = {.content = *content, .special = true};
  }
}

}  // namespace

std::unique_ptr<Tokenizer> load_vocabulary_files(const std::filesystem::path& directory) {
  const std::string source = (directory / "vocab.json").string();
  std::vector<std::pair<std::string, std::string>> files;
  for (const char* name : {"vocab.json", "merges.txt"}) {
    files.emplace_back(name, util::read_file(directory / name, max_file_bytes));
  }
  TokenizerConfig config = read_tokenizer_config(directory, files);
  TokenizerJson json = read_tokenizer_json("{\"model\":{\"vocab\":" + files[0].second + "}}", source);
  read_merges(files[1].second, (directory / "merges.txt").string(), json.tables);
  json.rest = pipeline(config, source);
  add_default_roles(config);
  if (config.tokenizer_class != "Qwen2Tokenizer" && config.add_bos.value_or(false))
    config.build_post_processor = true;
  return make_hf_tokenizer(json, source, config, files);
}

}  // namespace assay::text
