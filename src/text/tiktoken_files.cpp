#include "text/tiktoken_files.hpp"

#include <array>
#include <charconv>
#include <unordered_map>

#include "assay/util/files.hpp"
#include "text/byte_level.hpp"
#include "text/hf_tokenizer.hpp"
#include "text/regex_scanners.hpp"
#include "text/tokenizer_config.hpp"

namespace assay::text {
namespace {

using util::Json;

constexpr std::size_t max_file_bytes = std::size_t{64} << 20;
constexpr std::size_t max_token_bytes = 1024;  // bounds the pairs looked up for one token

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

// RFC 4648, padding required.
std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  text.remove_suffix(padding);
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFFU);
    }
  }
  return bytes;
}

struct Line {
  std::string token;
  TokenId rank = 0;
};

std::optional<Line> read_line(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  auto token = from_base64(text.substr(0, space));
  TokenId rank = -1;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + space + 1, end, rank);
  const bool good = token && !token->empty() && parsed.ec == std::errc() && parsed.ptr == end && rank >= 0;
  if (!good || rank > max_token_id || token->size() > max_token_bytes) return std::nullopt;
  return Line{*std::move(token), rank};
}

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// What the file leaves out.
struct Family {
  std::string_view pattern;
  bool nfc = false;
  std::vector<std::string> special;  ///< numbered behind the ranks
  std::vector<std::string> prefix;   ///< put before every text
  const char* bos = nullptr;
  const char* eos = nullptr;
};

std::string numbered(std::string_view head, int number, std::string_view tail = "|>") {
  return fmt::format("{}{}{}", head, number, tail);
}

Family qwen() {
  Family family{qwen2_pattern, true,           {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}, {},
                nullptr,       "<|endoftext|>"};
  for (int i = 0; i < 205; ++i) family.special.push_back(numbered("<|extra_", i));
  return family;
}

Family llama3() {
  Family family{llama3_pattern,
                false,
                {"<|begin_of_text|>", "<|end_of_text|>"},
                {"<|begin_of_text|>"},
                "<|begin_of_text|>",
                "<|end_of_text|>"};
  const auto reserve = [&](int from, int to) {
    for (int i = from; i < to; ++i) family.special.push_back(numbered("<|reserved_special_token_", i));
  };
  reserve(0, 4);
  family.special.insert(family.special.end(), {"<|start_header_id|>", "<|end_header_id|>"});
  reserve(4, 5);
  family.special.emplace_back("<|eot_id|>");
  reserve(5, 251);
  return family;
}

Family glm4() {
  return {llama3_pattern,
          false,
          {"<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|system|>", "<|user|>",
           "<|assistant|>", "<|observation|>"},
          {"[gMASK]", "<sop>"},
          nullptr,
          "<|endoftext|>"};
}

constexpr std::size_t llama3_ranks = 128000;

Family family_of(const std::string& file, const TokenizerConfig& config, std::size_t ranks,
                 const std::string& source) {
  if (file == "qwen.tiktoken" || config.tokenizer_class == "QWenTokenizer") return qwen();
  if (config.tokenizer_class.starts_with("ChatGLM")) return glm4();
  if (ranks == llama3_ranks) return llama3();
  util::fail_input(
      "{}: a tiktoken file of {} tokens with the tokenizer class \"{}\" is of no known family; save "
      "tokenizer.json beside it",
      source, ranks, config.tokenizer_class);
}

Json added_token(TokenId id, const std::string& content) {
  return {{"id", id}, {"content", content}, {"special", true}, {"normalized", false}};
}

// added_tokens_decoder must number them as the model was trained: right behind the ranks.
void check_numbers(const TokenizerConfig& config, TokenId ranks) {
  TokenId next = ranks;
  for (const auto& [id, token] : config.added) {
    util::check_input(id == next, "{}: added_tokens_decoder: the token \"{}\" has id {} where {} comes next",
                      config.source, token.content, id, next);
    ++next;
  }
}

Json pipeline(const Family& family, const TokenizerConfig& config, TokenId ranks) {
  Json byte_level = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}};
  Json split = {{"type", "Split"},
                {"pattern", {{"Regex", family.pattern}}},
                {"behavior", "Isolated"},
                {"invert", false}};
  Json added = Json::array();
  std::map<std::string, TokenId> ids;
  if (config.added.empty()) {
    for (const std::string& content : family.special) {
      const auto id = static_cast<TokenId>(ranks + static_cast<TokenId>(added.size()));
      added.push_back(added_token(id, content));
      ids[content] = id;
    }
  }
  for (const auto& [id, token] : config.added) ids[token.content] = id;
  Json single = Json::array();
  Json special = Json::object();
  for (const std::string& content : family.prefix) {
    const auto id = ids.find(content);
    util::check_input(id != ids.end(), "{}: added_tokens_decoder has no token \"{}\"", config.source,
                      content);
    single.push_back({{"SpecialToken", {{"id", content}, {"type_id", 0}}}});
    special[content] = {{"id", content}, {"ids", {id->second}}, {"tokens", {content}}};
  }
  single.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
  return {{"added_tokens", std::move(added)},
          {"normalizer", family.nfc ? Json{{"type", "NFC"}} : Json(nullptr)},
          {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", {std::move(split), byte_level}}}},
          {"post_processor",
           {{"type", "TemplateProcessing"},
            {"single", std::move(single)},
            {"special_tokens", std::move(special)}}},
          {"decoder", byte_level},
          {"model", {{"type", "BPE"}, {"ignore_merges", true}}}};
}

}  // namespace

bool is_tiktoken(std::string_view bytes) {
  std::string_view rest = bytes.substr(0, 4 * max_token_bytes);
  return read_line(next_line(rest)).has_value();
}

BpeTables read_tiktoken(std::string_view bytes, const std::string& source) {
  std::vector<Line> lines;
  std::unordered_map<std::string_view, TokenId> ranks;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::string_view text = next_line(rest);
    if (text.empty()) continue;
    auto line = read_line(text);
    if (!line)
      util::fail_input("{}: line {} is not a token in base64 and its rank", source, lines.size() + 1);
    lines.push_back(*std::move(line));
  }
  BpeTables tables;
  tables.has_vocabulary = tables.has_merges = true;
  for (const Line& line : lines) {
    if (!ranks.emplace(line.token, line.rank).second)
      util::fail_input("{}: has the token of rank {} twice", source, line.rank);
    tables.vocabulary.emplace_back(to_byte_level(line.token), line.rank);
  }
  for (const Line& line : lines) {
    const std::string_view token = line.token;
    for (std::size_t cut = 1; cut < token.size(); ++cut) {
      if (!ranks.contains(token.substr(0, cut)) || !ranks.contains(token.substr(cut))) continue;
      tables.merges.emplace_back(to_byte_level(token.substr(0, cut)), to_byte_level(token.substr(cut)));
      tables.merge_ranks.push_back(static_cast<std::uint32_t>(line.rank));
    }
  }
  return tables;
}

std::unique_ptr<Tokenizer> load_tiktoken(const std::filesystem::path& directory, const std::string& file) {
  const std::string source = (directory / file).string();
  std::vector<std::pair<std::string, std::string>> files;
  files.emplace_back(file, util::read_file(directory / file, max_file_bytes));
  TokenizerConfig config = read_tokenizer_config(directory, files);
  TokenizerJson json{{}, read_tiktoken(files.front().second, source)};
  const auto ranks = static_cast<TokenId>(json.tables.vocabulary.size());
  const Family family = family_of(file, config, json.tables.vocabulary.size(), source);
  check_numbers(config, ranks);
  json.rest = pipeline(family, config, ranks);
  config.tokenizer_class.clear();  // its defaults are those of other files
  const auto role = [&](const char* name, const char* content) {
    if (content == nullptr || config.special.contains(name)) return;
    config.special[name] = {.content = content, .special = true};
  };
  role("bos_token", family.bos);
  role("eos_token", family.eos);
  return make_hf_tokenizer(json, source, config, files);
}

}  // namespace assay::text
