#include "eval/data/format.hpp"

#include "eval/data/byte_source.hpp"

namespace assay::eval {
namespace {

struct Extension {
  std::string_view text;
  DataFormat format;
};
constexpr Extension extensions[] = {{".jsonl", DataFormat::json_lines}, {".json", DataFormat::json},
                                    {".csv", DataFormat::csv},          {".tsv", DataFormat::tsv},
                                    {".parquet", DataFormat::parquet},  {".ndjson", DataFormat::json_lines}};

struct Match {
  DataFormat format = DataFormat::none;
  std::size_t stem = 0;
};

Match match(std::string_view name) {
  std::string_view rest = name;
  bool compressed = false;
  for (const std::string_view suffix : compression_suffixes()) {
    if (suffix.empty() || !name.ends_with(suffix)) continue;
    rest.remove_suffix(suffix.size());
    compressed = true;
    break;
  }
  for (const Extension& extension : extensions) {
    if (rest.size() <= extension.text.size() || !rest.ends_with(extension.text)) continue;
    if (compressed && extension.format == DataFormat::parquet) return {};  // Parquet compresses inside
    return {extension.format, rest.size() - extension.text.size()};
  }
  return {};
}

}  // namespace

DataFormat format_of(std::string_view file_name) {
  return match(file_name).format;
}

std::string stem_of(std::string_view file_name) {
  const Match found = match(file_name);
  return std::string(file_name.substr(0, found.format == DataFormat::none ? 0 : found.stem));
}

std::string_view family_of(DataFormat format) {
  switch (format) {
    case DataFormat::none:
      return "";
    case DataFormat::json_lines:
    case DataFormat::json:
      return "json";
    case DataFormat::csv:
    case DataFormat::tsv:
      return "csv";
    case DataFormat::parquet:
      return "parquet";
  }
  return "";
}

std::string readable_extensions() {
  std::string text;
  for (const Extension& extension : extensions) {
    if (extension.format == DataFormat::parquet) continue;
    text += std::string(extension.text) + ", ";
  }
  return text + "plain, .gz, .zst or .bz2, and .parquet";
}

}  // namespace assay::eval
