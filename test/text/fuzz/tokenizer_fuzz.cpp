// libFuzzer target: a tokenizer.json is read or refused with InputError; a tokenizer that was read encodes
// any text, its ids are in range, and streamed text equals decoded text. The first byte says whether the rest
// is the file itself or choices from which a valid file is put together.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/util/error.hpp"
#include "assay/util/json.hpp"
#include "assay/util/log.hpp"
#include "assay/util/utf8.hpp"
#include "text/hf_tokenizer.hpp"

namespace {

using assay::util::Json;
namespace text = assay::text;

class Maker {
 public:
  explicit Maker(FuzzedDataProvider& data) : data_(data) {}

  Json tokenizer() {
    Json added = Json::array();
    for (int i = data_.ConsumeIntegralInRange(0, 4); i > 0; --i) added.push_back(added_token());
    Json json = {{"added_tokens", std::move(added)}, {"model", model()}};
    if (flag()) json["normalizer"] = {{"type", "Sequence"}, {"normalizers", list(&Maker::normalizer)}};
    if (flag())
      json["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", list(&Maker::pre_tokenizer)}};
    if (flag()) json["decoder"] = {{"type", "Sequence"}, {"decoders", list(&Maker::decoder)}};
    return json;
  }

 private:
  bool flag() { return data_.ConsumeBool(); }
  std::string word() { return util::replace_invalid_utf8(data_.ConsumeRandomLengthString(12)); }
  std::string pick(std::vector<std::string> names) {
    return names[data_.ConsumeIntegralInRange<std::size_t>(0, names.size() - 1)];
  }
  Json list(Json (Maker::*make)()) {
    Json items = Json::array();
    for (int i = data_.ConsumeIntegralInRange(1, 3); i > 0; --i) items.push_back((this->*make)());
    return items;
  }
  Json pattern() { return {{flag() ? "String" : "Regex", word()}}; }

  Json added_token() {
    return {{"id", data_.ConsumeIntegralInRange(0, 40)},
            {"content", word()},
            {"single_word", flag()},
            {"lstrip", flag()},
            {"rstrip", flag()},
            {"normalized", flag()},
            {"special", flag()}};
  }

  Json model() {
    Json vocab = {{"<unk>", 0}};
    std::vector<std::string> tokens = {"<unk>"};
    const auto add = [&](const std::string& token) {
      if (vocab.contains(token)) return;
      vocab[token] = tokens.size();
      tokens.push_back(token);
    };
    for (char c = ' '; c < '\x7f'; ++c) add(std::string(1, c));
    for (const char* token : {"\u0120", "\u010a", "\u2581", "<0xC3>", "<0xA9>", "\u00e9"}) add(token);
    Json merges = Json::array();
    for (int i = data_.ConsumeIntegralInRange(0, 12); i > 0; --i) {
      const std::string left = pick(tokens);
      const std::string right = pick(tokens);
      merges.push_back(Json::array({left, right}));
      add(left + right);
    }
    Json json = {{"type", "BPE"},      {"vocab", std::move(vocab)}, {"merges", std::move(merges)},
                 {"fuse_unk", flag()}, {"byte_fallback", flag()},   {"ignore_merges", flag()}};
    if (flag()) json["unk_token"] = "<unk>";
    return json;
  }

  Json normalizer() {
    const std::string type =
        pick({"NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Strip", "Prepend", "Replace"});
    Json json = {{"type", type}};
    if (type == "Strip") json.update({{"strip_left", flag()}, {"strip_right", flag()}});
    if (type == "Prepend") json["prepend"] = word();
    if (type == "Replace") json.update({{"pattern", pattern()}, {"content", word()}});
    return json;
  }

  Json pre_tokenizer() {
    const std::string type =
        pick({"ByteLevel", "Split", "Metaspace", "Digits", "Punctuation", "Whitespace", "WhitespaceSplit"});
    const std::string behavior =
        pick({"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"});
    Json json = {{"type", type}};
    if (type == "ByteLevel") json.update({{"add_prefix_space", flag()}, {"use_regex", flag()}});
    if (type == "Split") json.update({{"pattern", pattern()}, {"behavior", behavior}, {"invert", flag()}});
    if (type == "Metaspace") {
      json.update({{"replacement", "\u2581"},
                   {"prepend_scheme", pick({"always", "first", "never"})},
                   {"split", flag()}});
    }
    if (type == "Digits") json["individual_digits"] = flag();
    if (type == "Punctuation") json["behavior"] = behavior;
    return json;
  }

  Json decoder() {
    const std::string type = pick({"ByteLevel", "ByteFallback", "Fuse", "Strip", "Replace", "Metaspace"});
    Json json = {{"type", type}};
    if (type == "Strip") {
      json.update({{"content", " "},
                   {"start", data_.ConsumeIntegralInRange(0, 3)},
                   {"stop", data_.ConsumeIntegralInRange(0, 3)}});
    }
    if (type == "Replace") json.update({{"pattern", pattern()}, {"content", word()}});
    if (type == "Metaspace")
      json.update({{"replacement", "\u2581"}, {"prepend_scheme", pick({"always", "never"})}});
    return json;
  }

  FuzzedDataProvider& data_;
};

void check(const text::Tokenizer& tokenizer, const std::string& input) {
  const auto ids = tokenizer.encode(input, true);
  for (const auto id : ids) {
    if (id < 0 || id >= tokenizer.vocab_size()) std::abort();
  }
  for (const bool skip : {false, true}) {
    text::StreamingDecoder decoder(tokenizer, skip);
    std::string streamed;
    for (const auto id : ids) streamed += decoder.push(id);
    streamed += decoder.finish();
    if (streamed != tokenizer.decode(ids, skip) || !util::is_valid_utf8(streamed)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  assay::util::set_log_rank(1);
  try {
    const std::string json =
        data.ConsumeBool() ? data.ConsumeRandomLengthString(size) : Maker(data).tokenizer().dump();
    const auto tokenizer = text::parse_hf_tokenizer(json);
    check(*tokenizer, data.ConsumeRemainingBytesAsString());
  } catch (const assay::util::InputError&) {  // the only way to refuse
  }
  return 0;
}
