#include "text/sentencepiece_tokenizer.hpp"

#include <sentencepiece_processor.h>

#include <array>
#include <utility>

#include "assay/util/files.hpp"
#include "text/sentencepiece_model.hpp"
#include "text/tokenizer_base.hpp"

namespace assay::text {
namespace {

constexpr std::size_t max_model_bytes = std::size_t{256} << 20;
constexpr int bpe_model = 2;

// ChatGLM3 numbers these behind the model's pieces. They are no added tokens: in a text "sop" is three
// letters.
constexpr std::array glm_commands = {"[MASK]",   "[gMASK]",       "[sMASK]",
                                     "sop",      "eop",           "<|system|>",
                                     "<|user|>", "<|assistant|>", "<|observation|>"};
constexpr TokenId glm_mask = 1;   // [gMASK]
constexpr TokenId glm_start = 3;  // sop

using Files = std::vector<std::pair<std::string, std::string>>;

void load(sentencepiece::SentencePieceProcessor& processor, std::string_view bytes, const std::string& path) {
  const auto status = processor.LoadFromSerializedProto(bytes);
  util::check_input(status.ok(), "{} cannot be read as a SentencePiece model ({})", path, status.ToString());
}

// ▁ to space, byte tokens to bytes, one string, less the space that encoding put in front.
std::string decoder_json(bool strip_first_space) {
  std::string text =
      R"({"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},)"
      R"({"type":"ByteFallback"},{"type":"Fuse"})";
  if (strip_first_space) text += R"(,{"type":"Strip","content":" ","start":1,"stop":0})";
  return text + "]}";
}

class SentencePieceTokenizer : public TokenizerBase {
 public:
  SentencePieceTokenizer(const std::string& path, const Files& files, const TokenizerConfig& config)
      : SentencePieceTokenizer(path, files.front().second, config) {
    set_fingerprint(files);
  }

 protected:
  std::vector<TokenId> encode_valid(std::string_view text, std::span<const ByteRange> plain) const override {
    std::vector<TokenId> ids;
    bool first = true;
    for (const Piece& piece : added_.split(text, nullptr, plain)) {
      if (piece.token >= 0) {
        ids.push_back(piece.token);
      } else {
        std::vector<int> part;
        const auto& processor = first || prefix_everywhere_ ? with_prefix_ : without_prefix_;
        const auto status = processor.Encode(piece.text, &part);
        util::check_input(status.ok(), "text cannot be tokenised ({})", status.ToString());
        ids.insert(ids.end(), part.begin(), part.end());
      }
      first = false;
    }
    return ids;
  }

  const std::string* model_token(TokenId id) const override {
    if (id < 0 || static_cast<std::size_t>(id) >= pieces_.size()) return nullptr;
    return &pieces_[static_cast<std::size_t>(id)];
  }

 private:
  SentencePieceTokenizer(const std::string& path, std::string_view bytes, const TokenizerConfig& config)
      : TokenizerBase(make_vocabulary(path, bytes, config)) {
    const auto header = read_sentencepiece_header(bytes);
    util::check_input(header.has_value(), "{} is not a SentencePiece model; save tokenizer.json beside it",
                      path);
    const bool prefix = header->add_dummy_prefix && config.add_prefix_space.value_or(true);
    const std::string bare = without_dummy_prefix(bytes);
    load(with_prefix_, prefix ? bytes : std::string_view(bare), path);
    load(without_prefix_, bare, path);
    const std::string& name = config.tokenizer_class;
    const bool glm = name == "ChatGLMTokenizer";
    // These encode every text between added tokens as if it stood alone.
    const bool alone = glm || name == "BaichuanTokenizer" || name.starts_with("InternLM");
    prefix_everywhere_ = config.legacy.value_or(alone);
    const int size = with_prefix_.GetPieceSize();
    for (int id = 0; id < size; ++id) pieces_.push_back(with_prefix_.IdToPiece(id));
    if (glm) pieces_.insert(pieces_.end(), glm_commands.begin(), glm_commands.end());
    const util::Json json = util::parse_json(decoder_json(prefix), "decoder");
    decoder_ = Decoder(JsonNode(json, "decoder"));
    configure(with_model_roles(config), nullptr, static_cast<TokenId>(pieces_.size()));
    if (glm) {
      post_processor_ = PostProcessor({size + glm_mask, size + glm_start}, {});
      return;
    }
    TokenizerConfig llama = config;
    llama.tokenizer_class = "LlamaTokenizer";
    override_post_processor(llama, /*has_own=*/false);
  }

  // The vocabulary is needed before the base is made.
  static AddedVocabulary make_vocabulary(const std::string& path, std::string_view bytes,
                                         const TokenizerConfig& config) {
    const auto header = read_sentencepiece_header(bytes);
    util::check_input(header.has_value(),
                      "{} is not a SentencePiece model; save tokenizer.json beside it with transformers",
                      path);
    util::check_input(header->model_type == bpe_model,
                      "{}: only SentencePiece models of type BPE are supported (this one has type {})", path,
                      header->model_type);
    auto processor = std::make_shared<sentencepiece::SentencePieceProcessor>();
    load(*processor, bytes, path);
    auto size = static_cast<TokenId>(processor->GetPieceSize());
    auto ids = std::make_shared<Vocabulary>();
    for (TokenId id = 0; id < size; ++id) ids->emplace(processor->IdToPiece(id), id);
    if (config.tokenizer_class == "ChatGLMTokenizer") {
      for (const char* command : glm_commands) ids->emplace(command, size++);
    }
    return {[ids](std::string_view token) -> std::optional<TokenId> {
              const auto it = ids->find(token);
              return it == ids->end() ? std::nullopt : std::optional(it->second);
            },
            size};
  }

  // The model file's own control tokens, where the configuration names none.
  TokenizerConfig with_model_roles(const TokenizerConfig& config) const {
    TokenizerConfig out = config;
    const auto set = [&](const char* role, int id) {
      if (id < 0 || out.special.contains(role)) return;
      AddedToken token;
      token.content = with_prefix_.IdToPiece(id);
      token.special = true;
      out.special[role] = token;
    };
    set("bos_token", with_prefix_.bos_id());
    set("eos_token", with_prefix_.eos_id());
    set("unk_token", with_prefix_.unk_id());
    return out;
  }

  sentencepiece::SentencePieceProcessor with_prefix_;
  sentencepiece::SentencePieceProcessor without_prefix_;
  bool prefix_everywhere_ = false;
  std::vector<std::string> pieces_;
};

}  // namespace

std::unique_ptr<Tokenizer> load_sentencepiece_tokenizer(const std::filesystem::path& directory) {
  const auto path = directory / "tokenizer.model";
  Files files;
  files.emplace_back("tokenizer.model", util::read_file(path, max_model_bytes));
  const TokenizerConfig config = read_tokenizer_config(directory, files);
  return std::make_unique<SentencePieceTokenizer>(path.string(), files, config);
}

}  // namespace assay::text
