#include "text/tokenizer_base.hpp"

#include <algorithm>

#include "assay/util/error.hpp"
#include "assay/util/hash.hpp"
#include "assay/util/utf8.hpp"

namespace assay::text {
namespace {

// Positions inside a text are kept in 63 bits, but a single document of this size is a mistake.
constexpr std::size_t max_text_bytes = std::size_t{1} << 30;

// Where the ranges lie in replace_invalid_utf8(text). One that holds a part of a character holds all of it.
std::vector<ByteRange> after_replacement(std::string_view text, std::span<const ByteRange> ranges) {
  std::vector<ByteRange> out;
  out.reserve(ranges.size());
  std::size_t at = 0;
  std::size_t moved = 0;
  std::size_t moved_before = 0;  // where the last character passed begins
  const auto pass = [&](std::size_t until) {
    while (at < until) {
      const util::Utf8Scan scan = util::scan_utf8(text, at);
      moved_before = moved;
      moved += scan.kind == util::Utf8Scan::Kind::valid ? scan.size : util::replacement_character.size();
      at += scan.size;
    }
  };
  for (const ByteRange& range : ranges) {
    pass(range.begin);
    const std::size_t begin = at > range.begin ? moved_before : moved;
    pass(range.end);
    out.push_back({begin, moved});
  }
  return out;
}

class Stream : public DecodeStream {
 public:
  Stream(const TokenizerBase& tokenizer, Decoder::Stream decoder, bool skip_special_tokens)
      : tokenizer_(tokenizer), decoder_(std::move(decoder)), skip_special_tokens_(skip_special_tokens) {}
  std::string push(TokenId id) override {
    const std::string* token = tokenizer_.decodable(id, skip_special_tokens_);
    return token == nullptr ? std::string() : decoder_.push(*token);
  }
  std::string finish() override { return decoder_.finish(); }
  [[nodiscard]] std::string pending() const override { return decoder_.pending(); }

 private:
  const TokenizerBase& tokenizer_;
  Decoder::Stream decoder_;
  bool skip_special_tokens_;
};

}  // namespace

std::vector<TokenId> TokenizerBase::encode(std::string_view text, bool add_special_tokens,
                                           std::span<const ByteRange> plain) const {
  util::check_input(text.size() <= max_text_bytes, "text is too long to tokenise ({} bytes, limit {})",
                    text.size(), max_text_bytes);
  std::vector<ByteRange> ranges;
  std::size_t end = 0;
  for (const ByteRange& range : plain) {
    ASSAY_CHECK(end <= range.begin && range.begin <= range.end && range.end <= text.size());
    end = range.end;
    if (range.begin < range.end) ranges.push_back(range);
  }
  std::vector<TokenId> ids = util::is_valid_utf8(text) ? encode_valid(text, ranges)
                                                       : encode_valid(util::replace_invalid_utf8(text),
                                                                      after_replacement(text, ranges));
  return add_special_tokens ? post_processor_.apply(std::move(ids)) : ids;
}

const std::string* TokenizerBase::decodable(TokenId id, bool skip_special_tokens) const {
  if (skip_special_tokens && added_.is_special(id)) return nullptr;
  const std::string* token = added_.decodable(id);
  return token == nullptr ? model_token(id) : token;
}

std::string TokenizerBase::decode(std::span<const TokenId> ids, bool skip_special_tokens) const {
  Decoder::Stream stream = decoder_.start();
  std::string text;
  for (const TokenId id : ids) {
    if (const std::string* token = decodable(id, skip_special_tokens)) text += stream.push(*token);
  }
  return text + stream.finish();
}

std::unique_ptr<DecodeStream> TokenizerBase::decode_stream(bool skip_special_tokens) const {
  return std::make_unique<Stream>(*this, decoder_.start(), skip_special_tokens);
}

std::string TokenizerBase::token_text(TokenId id) const {
  const std::string* token = added_.token(id);
  if (token == nullptr) token = model_token(id);
  return token == nullptr ? std::string() : *token;
}

void TokenizerBase::configure(const TokenizerConfig& config, const Normalizer* normalizer,
                              TokenId model_tokens) {
  const auto is_role = [&](const std::string& content) {
    return std::any_of(config.special.begin(), config.special.end(),
                       [&](const auto& entry) { return entry.second.content == content; });
  };
  for (const auto& [id, configured] : config.added) {
    AddedToken token = configured;
    token.special = token.special || is_role(token.content);
    added_.add(token, config.source);
  }
  const auto add_if_new = [&](const AddedToken& token) {
    // A token of the model that is named as special becomes one; an added token keeps its own flags.
    const auto id = added_.find(token.content);
    if (!id || added_.token(*id) == nullptr) added_.add(token, config.source);
  };
  for (const auto& [role, token] : config.special) add_if_new(token);
  for (const AddedToken& token : config.extra_special) add_if_new(token);
  added_.finish(normalizer);
  vocab_size_ = std::max(model_tokens, added_.max_id() + 1);
  const auto id_of = [&](const char* role) -> std::optional<TokenId> {
    const auto content = config.role(role);
    return content ? added_.find(*content) : std::nullopt;
  };
  bos_ = id_of("bos_token");
  eos_ = id_of("eos_token");
}

void TokenizerBase::override_post_processor(const TokenizerConfig& config, bool has_own) {
  // Other classes leave the two flags to the file's own post-processor.
  const bool by_flags = config.llama_like() || config.build_post_processor;
  if (!by_flags || (has_own && !config.add_bos && !config.add_eos)) return;
  const bool bos = config.add_bos.value_or(true);
  const bool eos = config.add_eos.value_or(false);
  post_processor_ = PostProcessor(bos ? bos_ : std::nullopt, eos ? eos_ : std::nullopt);
}

void TokenizerBase::set_fingerprint(const std::vector<std::pair<std::string, std::string>>& files) {
  util::Sha256 hash;
  for (const auto& [name, bytes] : files) {
    hash.update(fmt::format("{}\n{}\n", name, bytes.size()));
    hash.update(bytes);
  }
  fingerprint_ = hash.finish();
}

}  // namespace assay::text
