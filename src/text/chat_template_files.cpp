#include "text/chat_template_files.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "assay/util/files.hpp"
#include "text/json_node.hpp"
#include "text/tokenizer_config.hpp"

namespace assay::text {

namespace {

constexpr std::size_t max_template_bytes = std::size_t{1} << 20;
constexpr std::size_t max_config_bytes = std::size_t{64} << 20;

// As Python opens a text: every kind of line end is "\n".
std::string read_template(const std::filesystem::path& path) {
  const std::string bytes = util::read_file(path, max_template_bytes);
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') continue;
    out += bytes[i] == '\r' ? '\n' : bytes[i];
  }
  return out;
}

ChatTemplateSources read_template_files(const std::filesystem::path& directory) {
  ChatTemplateSources out;
  const auto add = [&](const std::string& name, const std::filesystem::path& path) {
    out.named[name] = {read_template(path), path.string()};
  };
  if (const auto path = directory / "chat_template.jinja"; std::filesystem::exists(path))
    add("default", path);
  if (const auto folder = directory / "additional_chat_templates"; std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".jinja") add(entry.path().stem().string(), entry.path());
    }
  }
  if (out.named.size() == 1 && out.named.contains("default")) {
    out.single = std::move(out.named.begin()->second);
    out.named.clear();
  }
  return out;
}

std::optional<util::Json> read_config(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  return util::parse_json(util::read_file(path, max_config_bytes), path.string());
}

// A text, [{"name": ..., "template": ...}], or {name: template}.
ChatTemplateSources read_template_key(const std::filesystem::path& path) {
  ChatTemplateSources out;
  const auto json = read_config(path);
  if (!json) return out;
  const auto node = JsonNode(*json, path.string()).find("chat_template");
  if (!node) return out;
  if (node->value().is_string()) {
    out.single = {node->string(), node->where()};
  } else if (node->value().is_object()) {
    for (auto it = node->value().begin(); it != node->value().end(); ++it) {
      const JsonNode text = node->at(it.key());
      out.named[it.key()] = {text.string(), text.where()};
    }
  } else {
    node->check(node->value().is_array(), "must be a text or a list of named templates");
    for (const JsonNode& entry : node->items()) {
      const JsonNode text = entry.at("template");
      out.named[entry.at("name").string()] = {text.string(), text.where()};
    }
  }
  return out;
}

bool empty(const ChatTemplateSources& sources) {
  return sources.named.empty() && !sources.single;
}

// A token is a text or an object with its content. Other keys that end in "_token" say something else.
void add_token(const JsonNode& root, const std::string& key, util::OrderedJson& tokens) {
  const auto node = root.find(key);
  if (!node) {
    tokens.erase(key);  // null: there is none
  } else if (node->value().is_string()) {
    tokens[key] = node->string();
  } else if (node->value().is_object()) {
    if (const auto content = node->find("content")) tokens[key] = content->string();
  }
}

void add_tokens(const JsonNode& root, util::OrderedJson& tokens) {
  root.check(root.value().is_object(), "must be an object");
  for (auto it = root.value().begin(); it != root.value().end(); ++it) {
    if (it.key().ends_with("_token")) add_token(root, it.key(), tokens);
  }
  for (const char* key : {"extra_special_tokens", "model_specific_special_tokens"}) {
    const auto extra = root.find(key);
    if (!extra || !extra->value().is_object()) continue;
    for (auto it = extra->value().begin(); it != extra->value().end(); ++it)
      add_token(*extra, it.key(), tokens);
  }
}

// What transformers 5's classes name without any file: {class, token, text}.
constexpr std::array<std::string_view, 3> class_tokens[] = {
    {"LlamaTokenizer", "unk_token", "<unk>"},
    {"CodeLlamaTokenizer", "unk_token", "<unk>"},
    {"GPT2Tokenizer", "unk_token", "<|endoftext|>"},
    {"CodeGenTokenizer", "unk_token", "<|endoftext|>"},
    {"Qwen2Tokenizer", "unk_token", "<|endoftext|>"},
    {"Qwen2Tokenizer", "pad_token", "<|endoftext|>"},
    {"GemmaTokenizer", "unk_token", "<unk>"},
    {"GemmaTokenizer", "pad_token", "<pad>"},
    {"GemmaTokenizer", "mask_token", "<mask>"},
    {"GPTNeoXTokenizer", "unk_token", "<|endoftext|>"},
    {"GPTNeoXTokenizer", "bos_token", "<|endoftext|>"},
    {"GPTNeoXTokenizer", "eos_token", "<|endoftext|>"},
    {"GPTNeoXTokenizer", "pad_token", "<|padding|>"},
    {"CohereTokenizer", "unk_token", "<UNK>"},
    {"CohereTokenizer", "bos_token", "<BOS_TOKEN>"},
    {"CohereTokenizer", "eos_token", "<|END_OF_TURN_TOKEN|>"},
    {"CohereTokenizer", "pad_token", "<PAD>"},
    {"CohereTokenizer", "cls_token", "<CLS>"},
    {"CohereTokenizer", "sep_token", "<SEP>"},
    {"CohereTokenizer", "mask_token", "<MASK_TOKEN>"},
};

}  // namespace

ChatTemplateSources read_chat_templates(const std::filesystem::path& directory) {
  ChatTemplateSources out = read_template_files(directory);
  if (empty(out)) out = read_template_key(directory / "tokenizer_config.json");
  if (empty(out)) out = read_template_key(directory / "chat_template.json");
  return out;
}

util::OrderedJson read_named_special_tokens(const std::filesystem::path& directory) {
  util::OrderedJson tokens = util::OrderedJson::object();
  std::vector<std::pair<std::string, std::string>> files;
  const TokenizerConfig config = read_tokenizer_config(directory, files);
  for (const auto& [tokenizer_class, role, text] : class_tokens) {
    if (tokenizer_class == config.tokenizer_class) tokens[std::string(role)] = text;
  }
  for (const char* role :
       {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}) {
    if (const auto token = config.role(role)) tokens[role] = *token;
  }
  bool has_decoder = false;
  const auto path = directory / "tokenizer_config.json";
  if (const auto json = read_config(path)) {
    const JsonNode root(*json, path.string());
    add_tokens(root, tokens);
    has_decoder = root.find("added_tokens_decoder").has_value();
  }
  // As in transformers, added_tokens_decoder makes the older file obsolete.
  const auto older = directory / "special_tokens_map.json";
  if (has_decoder) return tokens;
  if (const auto json = read_config(older)) add_tokens(JsonNode(*json, older.string()), tokens);
  return tokens;
}

}  // namespace assay::text
