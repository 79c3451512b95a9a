// A byte-level tokenizer small enough to do in the head, for models that come without one: tokens 0 to 25 are
// "a" to "z", 26 a space, 27 and 28 the two bytes of "é", 29 "<end>" (special), 30 "xyz", the others "t31"
// and so on.
#pragma once

#include <fmt/format.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "assay/text/tokenizer.hpp"
#include "support/temp_dir.hpp"

namespace assay::test {

inline std::string letter_token(int id) {
  if (id < 26) return {static_cast<char>('a' + id)};
  if (id == 26) return "Ġ";  // byte-level spelling of a space, and of the bytes C3 and A9
  if (id == 27) return "Ã";
  if (id == 28) return "©";
  if (id == 29) return "<end>";
  return id == 30 ? "xyz" : fmt::format("t{}", id);
}

/// `eos`: what tokenizer_config.json calls the end token, or empty.
inline std::unique_ptr<text::Tokenizer> letter_tokenizer(const std::string& eos = "") {
  using nlohmann::json;
  json vocab = json::object();
  for (int id = 0; id < 200; ++id) vocab[letter_token(id)] = id;
  const json byte_level = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
  const json tokenizer = {{"version", "1.0"},
                          {"truncation", nullptr},
                          {"padding", nullptr},
                          {"added_tokens",
                           {{{"id", 29},
                             {"content", "<end>"},
                             {"single_word", false},
                             {"lstrip", false},
                             {"rstrip", false},
                             {"normalized", false},
                             {"special", true}}}},
                          {"normalizer", nullptr},
                          {"pre_tokenizer", byte_level},
                          {"post_processor", nullptr},
                          {"decoder", byte_level},
                          {"model", {{"type", "BPE"}, {"vocab", vocab}, {"merges", json::array()}}}};
  const TempDir folder;
  std::ofstream(folder.path() / "tokenizer.json") << tokenizer;
  json config = {{"tokenizer_class", "PreTrainedTokenizerFast"}};
  if (!eos.empty()) config["eos_token"] = eos;
  std::ofstream(folder.path() / "tokenizer_config.json") << config;
  return text::load_tokenizer(folder.path());
}

}  // namespace assay::test
