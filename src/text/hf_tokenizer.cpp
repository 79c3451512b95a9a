#include "text/hf_tokenizer.hpp"

#include <utility>

#include "assay/util/files.hpp"
#include "assay/util/log.hpp"
#include "text/bpe.hpp"
#include "text/growth.hpp"
#include "text/normalizer.hpp"
#include "text/pool.hpp"
#include "text/pre_tokenizer.hpp"
#include "text/tokenizer_base.hpp"
#include "text/tokenizer_json.hpp"

namespace assay::text {
namespace {

class HfTokenizer : public TokenizerBase {
 public:
  using Files = std::vector<std::pair<std::string, std::string>>;

  HfTokenizer(const JsonNode& root, std::unique_ptr<BpeModel> model, const TokenizerConfig& config,
              const Files& files)
      : TokenizerBase(
            AddedVocabulary([&m = *model](std::string_view token) { return m.find(token); }, model->size())),
        model_(std::move(model)) {
    root.allow_only({"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
                     "post_processor", "decoder", "model"});
    if (const auto node = root.find("normalizer")) normalizer_ = make_normalizer(*node);
    if (const auto node = root.find("pre_tokenizer")) {
      pre_tokenizer_.emplace(*node);
      if (model_->knows_all_bytes() && pre_tokenizer_->leave_bytes()) alphabet_ = BpeModel::Alphabet::bytes;
    }
    if (const auto node = root.find("decoder")) decoder_ = Decoder(*node);
    const auto post_processor = root.find("post_processor");
    if (post_processor) post_processor_ = PostProcessor(*post_processor);
    if (const auto node = root.find("added_tokens")) read_added_tokens(*node);
    configure(config, normalizer_.get(), model_->id_bound());
    override_post_processor(config, post_processor.has_value());
    set_fingerprint(files);
  }

 protected:
  std::vector<TokenId> encode_valid(std::string_view text, std::span<const ByteRange> plain) const override {
    const auto scratch = scratch_.take();
    PreText& part = scratch->text;
    std::vector<TokenId> ids;
    ids.reserve(text.size() / 3);
    std::size_t left = 0;
    std::vector<Piece> pieces = added_.split(text, normalizer_.get(), plain);
    for (const Piece& piece : pieces) left += piece.text.size();
    left = max_grown_bytes(left);
    for (Piece& piece : pieces) {
      if (piece.token >= 0) {
        ids.push_back(piece.token);
        continue;
      }
      part.reset(std::move(piece.text), piece.start_bytes);
      if (pre_tokenizer_) pre_tokenizer_->apply(part, left);
      left -= part.text.size();
      for (const ByteRange& range : part.parts)
        model_->encode(part.part(range), alphabet_, scratch->bpe, ids);
    }
    return ids;
  }

  const std::string* model_token(TokenId id) const override { return model_->token(id); }

 private:
  void read_added_tokens(const JsonNode& node) {
    for (const JsonNode& item : node.items()) {
      item.allow_only({"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
      const auto wanted = static_cast<TokenId>(item.at("id").integer(max_token_id));
      const AddedToken token = read_added_token(item);
      const TokenId id = added_.add(token, item.where());
      // The tokenizers library numbers tokens itself too; models are trained on its numbers.
      if (id != wanted && id >= 0) {
        util::log_warning("{}: the token \"{}\" has id {}, not {} as the file says", item.where(),
                          token.content, id, wanted);
      }
    }
  }

  std::unique_ptr<BpeModel> model_;
  std::unique_ptr<Normalizer> normalizer_;
  std::optional<PreTokenizer> pre_tokenizer_;
  BpeModel::Alphabet alphabet_ = BpeModel::Alphabet::characters;
  struct Scratch {
    PreText text;
    BpeModel::Scratch bpe;
  };
  mutable Pool<Scratch> scratch_;
};

}  // namespace

std::unique_ptr<Tokenizer> make_hf_tokenizer(const TokenizerJson& json, const std::string& source,
                                             const TokenizerConfig& config,
                                             const std::vector<std::pair<std::string, std::string>>& files) {
  const JsonNode root(json.rest, source);
  auto model = std::make_unique<BpeModel>(root.at("model"), json.tables);
  return std::make_unique<HfTokenizer>(root, std::move(model), config, files);
}

std::unique_ptr<Tokenizer> load_hf_tokenizer(const std::filesystem::path& directory) {
  const auto path = directory / "tokenizer.json";
  HfTokenizer::Files files;
  files.emplace_back("tokenizer.json", util::read_file(path, util::JsonLimits{}.max_bytes));
  const TokenizerConfig config = read_tokenizer_config(directory, files);
  return make_hf_tokenizer(read_tokenizer_json(files.front().second, path.string()), path.string(), config,
                           files);
}

std::unique_ptr<Tokenizer> parse_hf_tokenizer(std::string_view json) {
  const std::string name = "tokenizer.json";
  return make_hf_tokenizer(read_tokenizer_json(json, name), name, TokenizerConfig{},
                           {{name, std::string(json)}});
}

}  // namespace assay::text
