#include "text/tokenizer_config.hpp"

#include <array>
#include <charconv>

#include "assay/util/files.hpp"

namespace assay::text {
namespace {

constexpr std::array<const char*, 7> roles = {"bos_token", "eos_token", "unk_token", "sep_token",
                                              "pad_token", "cls_token", "mask_token"};
constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

// A special token is a string or an object; a plain string is sought in the raw text.
AddedToken read_special(const JsonNode& node) {
  AddedToken token;
  if (node.value().is_string()) {
    token.content = node.string();
  } else {
    token = read_added_token(node);
  }
  token.special = true;
  return token;
}

std::optional<bool> read_flag(const JsonNode& node, const char* key) {
  const auto member = node.find(key);
  if (!member) return std::nullopt;
  return member->boolean();
}

void read_special_tokens(const JsonNode& node, TokenizerConfig& config) {
  for (const char* role : roles) {
    const auto member = node.find(role);
    // Very old files write false for "none".
    if (member && !member->value().is_boolean()) config.special[role] = read_special(*member);
  }
  for (const char* key : {"additional_special_tokens", "extra_special_tokens"}) {
    const auto list = node.find(key);
    if (!list) continue;
    if (list->value().is_object()) {  // {"image_token": "<image>"}
      for (auto it = list->value().begin(); it != list->value().end(); ++it) {
        if (const auto token = list->find(it.key())) config.extra_special.push_back(read_special(*token));
      }
      continue;
    }
    for (const JsonNode& token : list->items()) config.extra_special.push_back(read_special(token));
  }
}

void read_added_decoder(const JsonNode& node, TokenizerConfig& config) {
  node.check(node.value().is_object(), "must be an object");
  for (auto it = node.value().begin(); it != node.value().end(); ++it) {
    TokenId id = -1;
    const std::string& key = it.key();
    const auto parsed = std::from_chars(key.data(), key.data() + key.size(), id);
    const bool valid = parsed.ec == std::errc() && parsed.ptr == key.data() + key.size() && id >= 0;
    if (!valid || id > max_token_id) util::fail_input("{}: \"{}\" is not a token id", node.where(), key);
    config.added[id] = read_added_token(node.at(key));
  }
}

// {"token": id}
void read_added_tokens(const JsonNode& node, TokenizerConfig& config) {
  node.check(node.value().is_object(), "must be an object");
  const auto is_special = [&](const std::string& text) {
    for (const auto& [role, token] : config.special) {
      if (token.content == text) return true;
    }
    for (const AddedToken& token : config.extra_special) {
      if (token.content == text) return true;
    }
    return false;
  };
  for (auto it = node.value().begin(); it != node.value().end(); ++it) {
    AddedToken token;
    token.content = it.key();
    token.special = is_special(token.content);
    token.normalized = !token.special;
    const auto id = static_cast<TokenId>(node.at(it.key()).integer(max_token_id));
    config.added[id] = std::move(token);
  }
}

// The class's own defaults, where the files name no token.
std::optional<std::string> default_role(const std::string& tokenizer_class, const std::string& role) {
  const auto is = [&](std::string_view name) { return tokenizer_class == name; };
  if (is("LlamaTokenizer") || is("CodeLlamaTokenizer")) {
    if (role == "bos_token") return "<s>";
    if (role == "eos_token") return "</s>";
  } else if (is("GPT2Tokenizer") || is("CodeGenTokenizer")) {
    if (role == "bos_token" || role == "eos_token" || role == "unk_token") return "<|endoftext|>";
  } else if (is("Qwen2Tokenizer")) {
    if (role == "eos_token") return "<|endoftext|>";
  } else if (is("GemmaTokenizer")) {
    if (role == "bos_token") return "<bos>";
    if (role == "eos_token") return "<eos>";
  }
  return std::nullopt;
}

// A model directory may name no tokenizer class; then config.json's model type decides.
std::string class_of_model(const std::filesystem::path& directory) {
  const auto path = directory / "config.json";
  if (!std::filesystem::exists(path)) return {};
  const util::Json json = util::read_json_file(path);
  const JsonNode root(json, path.string());
  const auto type = root.find("model_type");
  if (!type || !type->value().is_string()) return {};
  const std::string& name = type->string();
  if (name == "llama" || name == "mistral" || name == "mixtral") return "LlamaTokenizer";
  if (name == "gpt2" || name == "opt") return "GPT2Tokenizer";
  if (name == "phi") return "CodeGenTokenizer";
  if (name == "qwen") return "QWenTokenizer";
  if (name == "chatglm") return "ChatGLMTokenizer";
  if (name == "baichuan") return "BaichuanTokenizer";
  if (name == "internlm" || name == "internlm2") return "InternLM2Tokenizer";
  if (name == "qwen2" || name == "qwen3" || name == "qwen2_moe" || name == "qwen3_moe")
    return "Qwen2Tokenizer";
  if (name == "gemma" || name == "gemma2") return "GemmaTokenizer";
  return {};
}

}  // namespace

std::optional<std::string> TokenizerConfig::role(const std::string& name) const {
  const auto it = special.find(name);
  if (it != special.end()) return it->second.content;
  return default_role(tokenizer_class, name);
}

bool TokenizerConfig::llama_like() const {
  return tokenizer_class == "LlamaTokenizer" || tokenizer_class == "CodeLlamaTokenizer" ||
         tokenizer_class == "GemmaTokenizer" || tokenizer_class == "CohereTokenizer";
}

TokenizerConfig read_tokenizer_config(const std::filesystem::path& directory,
                                      std::vector<std::pair<std::string, std::string>>& files) {
  const auto read = [&](const char* name) -> std::optional<util::Json> {
    const auto path = directory / name;
    if (!std::filesystem::exists(path)) return std::nullopt;
    std::string bytes = util::read_file(path, max_file_bytes);
    util::Json json = util::parse_json(bytes, path.string());
    files.emplace_back(name, std::move(bytes));
    return json;
  };
  TokenizerConfig config;
  config.source = (directory / "tokenizer_config.json").string();
  bool has_decoder = false;
  std::optional<JsonNode> root;
  const auto json = read("tokenizer_config.json");
  if (json) {
    root.emplace(*json, config.source);
    if (const auto name = root->find("tokenizer_class")) config.tokenizer_class = name->string();
    config.add_bos = read_flag(*root, "add_bos_token");
    config.add_eos = read_flag(*root, "add_eos_token");
    config.legacy = read_flag(*root, "legacy");
    config.add_prefix_space = read_flag(*root, "add_prefix_space");
    read_special_tokens(*root, config);
    if (const auto decoder = root->find("added_tokens_decoder")) {
      read_added_decoder(*decoder, config);
      has_decoder = true;
    }
  }
  // As in transformers, added_tokens_decoder makes the two older files obsolete.
  if (!has_decoder) {
    if (const auto map = read("special_tokens_map.json")) {
      read_special_tokens(JsonNode(*map, (directory / "special_tokens_map.json").string()), config);
    }
    if (const auto added = read("added_tokens.json")) {
      read_added_tokens(JsonNode(*added, (directory / "added_tokens.json").string()), config);
    }
  }
  if (config.tokenizer_class.empty()) config.tokenizer_class = class_of_model(directory);
  if (config.tokenizer_class.ends_with("Fast"))
    config.tokenizer_class.resize(config.tokenizer_class.size() - 4);
  return config;
}

}  // namespace assay::text
