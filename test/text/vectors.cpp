#include "text/vectors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "assay/util/utf8.hpp"

namespace assay::test {
namespace {

using nlohmann::json;
using Ids = std::vector<text::TokenId>;

std::vector<json> read_lines(const std::filesystem::path& file) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(file.c_str(), "rb"), gzclose);
  if (!in) throw std::runtime_error("cannot open " + file.string());
  std::string bytes;
  std::vector<char> buffer(1 << 16);
  int count = 0;
  while ((count = gzread(in.get(), buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (count < 0) throw std::runtime_error("cannot read " + file.string());
  std::vector<json> lines;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\n', at);
    lines.push_back(json::parse(bytes.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string stream(const text::Tokenizer& tokenizer, const Ids& ids, bool skip_special_tokens) {
  text::StreamingDecoder decoder(tokenizer, skip_special_tokens);
  std::string text;
  for (const auto id : ids) {
    text += decoder.push(id);
    if (!util::is_valid_utf8(text)) throw std::runtime_error("half a character was handed out");
  }
  return text + decoder.finish();
}

}  // namespace

std::vector<std::string> read_strings(const std::filesystem::path& file) {
  std::vector<std::string> strings;
  for (const json& line : read_lines(file)) {
    strings.push_back(line.is_string() ? line.get<std::string>() : from_hex(line.at("hex")));
  }
  return strings;
}

std::map<std::string, std::unordered_set<char32_t>> read_classes(const std::filesystem::path& file) {
  std::map<std::string, std::unordered_set<char32_t>> classes;
  for (const json& line : read_lines(file)) {
    auto& codes = classes[line.at("name")];
    for (const json& range : line.at("ranges")) {
      for (unsigned code = range.at(0); code <= range.at(1).get<unsigned>(); ++code) codes.insert(code);
    }
  }
  return classes;
}

Comparison compare_with_vectors(const std::filesystem::path& folder,
                                const std::vector<std::string>& strings) {
  const auto tokenizer = text::load_tokenizer(folder);
  const auto lines = read_lines(folder / "vectors.jsonl.gz");
  if (lines.size() != strings.size() + 1)
    throw std::runtime_error("vectors and strings do not belong together");
  const json& header = lines.front();
  Comparison result;
  const auto note = [&](const std::string& what, const auto& got, const auto& wanted,
                        const std::string& input) {
    if (got == wanted) return;
    ++result.wrong;
    if (result.first_wrong.empty()) {
      result.first_wrong = fmt::format("{} of {}: got {}, wanted {}", what,
                                       json(input).dump(-1, ' ', true, json::error_handler_t::replace),
                                       json(got).dump(), json(wanted).dump());
    }
  };
  const auto role = [](const std::optional<text::TokenId>& id) { return id.value_or(-1); };
  note("bos", role(tokenizer->bos_id()), header.at("bos").is_null() ? -1 : header.at("bos").get<int>(), "");
  note("eos", role(tokenizer->eos_id()), header.at("eos").is_null() ? -1 : header.at("eos").get<int>(), "");
  note("vocab_size", tokenizer->vocab_size(), header.at("vocab_size").get<int>(), "");
  const Ids prefix = header.at("prefix");
  const Ids suffix = header.at("suffix");
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const json& line = lines[i + 1];
    const std::string& input = strings[i];
    const Ids ids = line.at("ids");
    Ids full = prefix;
    full.insert(full.end(), ids.begin(), ids.end());
    full.insert(full.end(), suffix.begin(), suffix.end());
    if (line.contains("full")) full = line.at("full").get<Ids>();
    const std::string text =
        line.contains("text") ? line.at("text").get<std::string>() : util::replace_invalid_utf8(input);
    const std::string plain = line.contains("plain") ? line.at("plain").get<std::string>() : text;
    note("ids", tokenizer->encode(input, false), ids, input);
    note("ids with special tokens", tokenizer->encode(input, true), full, input);
    note("decoded text", tokenizer->decode(ids, false), text, input);
    note("decoded plain text", tokenizer->decode(full, true), plain, input);
    note("streamed text", stream(*tokenizer, ids, false), text, input);
    note("streamed plain text", stream(*tokenizer, full, true), plain, input);
    ++result.compared;
  }
  return result;
}

namespace {

std::uint32_t digest_of(const text::Tokenizer& tokenizer, const std::string& input) {
  const Ids ids = tokenizer.encode(input, false);
  const Ids full = tokenizer.encode(input, true);
  uLong crc = crc32(0, nullptr, 0);
  const auto add = [&](const void* bytes, std::size_t size) {
    if (size > 0) crc = crc32(crc, static_cast<const Bytef*>(bytes), static_cast<uInt>(size));
  };
  const auto add_count = [&](std::size_t count) {
    const auto number = static_cast<std::int32_t>(count);
    add(&number, sizeof number);
  };
  for (const Ids* list : {&ids, &full}) {
    add_count(list->size());
    add(list->data(), list->size() * sizeof(text::TokenId));
  }
  const std::string decoded = tokenizer.decode(ids, false);
  const std::string plain = tokenizer.decode(full, true);
  if (stream(tokenizer, ids, false) != decoded || stream(tokenizer, full, true) != plain)
    throw std::runtime_error("streamed text differs from decoded text");
  for (const std::string* text : {&decoded, &plain}) {
    add_count(text->size());
    add(text->data(), text->size());
  }
  return static_cast<std::uint32_t>(crc);
}

}  // namespace

Comparison compare_with_digests(const std::filesystem::path& folder,
                                const std::vector<std::string>& strings) {
  const auto tokenizer = text::load_tokenizer(folder);
  const auto lines = read_lines(folder / "digests.jsonl.gz");
  const std::string wanted = lines.at(1);
  if (wanted.size() != 8 * strings.size())
    throw std::runtime_error("digests and strings do not belong together");
  Comparison result;
  const auto check = [&](bool good, const std::string& what) {
    if (good) return;
    ++result.wrong;
    if (result.first_wrong.empty()) result.first_wrong = what;
  };
  const auto role = [](const json& id) { return id.is_null() ? -1 : id.get<int>(); };
  check(tokenizer->bos_id().value_or(-1) == role(lines[0].at("bos")), "bos");
  check(tokenizer->eos_id().value_or(-1) == role(lines[0].at("eos")), "eos");
  check(tokenizer->vocab_size() == lines[0].at("vocab_size").get<int>(), "vocab_size");
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const std::uint32_t digest = digest_of(*tokenizer, strings[i]);
    check(fmt::format("{:08x}", digest) == wanted.substr(8 * i, 8),
          fmt::format("string {}: {} gives {}", i,
                      json(strings[i]).dump(-1, ' ', true, json::error_handler_t::replace),
                      json(tokenizer->encode(strings[i], false)).dump()));
    ++result.compared;
  }
  return result;
}

}  // namespace assay::test
