#include "eval/dataset.hpp"

#include <algorithm>

#include "assay/util/error.hpp"
#include "eval/json_array.hpp"
#include "eval/line_reader.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::check_input;
using util::fail_input;
using util::OrderedJson;

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Document parse_row(std::string_view text, const std::string& where, std::int64_t line,
                   const DataLimits& limits) {
  OrderedJson row =
      util::parse_ordered_json(text, where, {.max_bytes = limits.row_bytes, .max_depth = limits.row_depth});
  check_input(row.is_object(), "{} is not a JSON object", where);
  return {std::move(row), line};
}

bool wants_more(const Split& split, std::int64_t limit) {
  return limit < 0 || static_cast<std::int64_t>(split.documents.size()) < limit;
}

Split read_json_lines(const fs::path& file, std::int64_t limit, const DataLimits& limits) {
  LineReader reader(file, limits);
  Split split{file, {}, 0};
  std::string line;
  // Rows past the limit are counted, not held: only their own length matters.
  while (reader.next(line)) {
    if (is_blank(line)) continue;
    ++split.rows;
    if (!wants_more(split, limit)) continue;
    const std::string where = fmt::format("{}:{}: the line", file.string(), reader.line_number());
    split.documents.push_back(parse_row(line, where, reader.line_number(), limits));
    if (!wants_more(split, limit)) reader.lift_stream_limit();
  }
  return split;
}

Split read_json_array(const fs::path& file, std::int64_t limit, const DataLimits& limits) {
  const std::string text = read_text(file, limits);
  JsonArrayElements elements(text, file.string(), limits.row_bytes);
  Split split{file, {}, 0};
  std::string_view element;
  while (elements.next(element)) {
    if (wants_more(split, limit)) {
      const std::string where = fmt::format("{}:{}: element {}", file.string(), elements.line(), split.rows);
      split.documents.push_back(parse_row(element, where, elements.line(), limits));
    }
    ++split.rows;
  }
  return split;
}

// A .json file is one array of objects, or lines of objects.
Split read_json(const fs::path& file, std::int64_t limit, const DataLimits& limits) {
  char first[64];
  const std::size_t got = open_bytes(file)->read(first, sizeof(first));
  std::string_view head(first, got);
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const auto start = head.find_first_not_of(" \t\r\n");
  const bool array = start != std::string_view::npos && head[start] == '[';
  return array ? read_json_array(file, limit, limits) : read_json_lines(file, limit, limits);
}

Split read_csv(const fs::path& file, char separator, std::int64_t limit, const DataLimits& limits) {
  Split split{file, parse_csv(read_text(file, limits), separator, file.string(), limits), 0};
  split.rows = static_cast<std::int64_t>(split.documents.size());
  if (limit >= 0 && split.rows > limit) split.documents.resize(static_cast<std::size_t>(limit));
  return split;
}

constexpr std::string_view extensions[] = {".jsonl", ".json", ".csv", ".tsv"};
constexpr std::string_view compressions[] = {"", ".gz", ".zst"};

// "validation" of "validation.jsonl.gz"; empty for files that are no splits.
std::string split_of(const std::string& name) {
  for (const std::string_view extension : extensions) {
    for (const std::string_view compression : compressions) {
      const std::string end = std::string(extension) + std::string(compression);
      if (name.size() > end.size() && name.ends_with(end)) return name.substr(0, name.size() - end.size());
    }
  }
  return "";
}

// A name from a task file becomes part of a path: it must stay below the root.
void check_relative(const std::string& name, std::string_view what) {
  const fs::path path(name);
  check_input(!name.empty() && !path.is_absolute() && name.find('\0') == std::string::npos &&
                  std::ranges::none_of(path, [](const fs::path& part) { return part == ".."; }),
              "{} \"{}\" is not a name inside the data root", what, name);
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// What a folder offers, for errors: splits where there are any, else sub-folders.
std::string contents(const fs::path& folder) {
  std::vector<std::string> splits;
  std::vector<std::string> folders;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (it->is_directory(error))
      folders.push_back(name);
    else if (const std::string split = split_of(name); !split.empty())
      splits.push_back(split);
  }
  std::ranges::sort(splits);
  std::ranges::sort(folders);
  if (!splits.empty()) return "splits there: " + list_of(splits);
  if (!folders.empty()) return "folders there: " + list_of(folders);
  return "nothing readable is there";
}

[[noreturn]] void fail_missing(const fs::path& root, const fs::path& folder, const std::string& split) {
  std::error_code error;
  check_input(
      fs::is_directory(root, error),
      "the data root {} is not a folder; name the folder of datasets with --data-root or ASSAY_DATA_ROOT",
      root.string());
  fs::path exists = folder;
  while (exists != root && !fs::is_directory(exists, error)) exists = exists.parent_path();
  fail_input(
      "{} has no data (no {}.jsonl, .json, .csv or .tsv, plain, .gz or .zst; {}: {}); put the split there or "
      "name another --data-root",
      (folder / split).string(), split, exists.string(), contents(exists));
}

}  // namespace

Split read_rows(const fs::path& file, std::int64_t limit, const DataLimits& limits) {
  fs::path name = file.filename();
  if (name.extension() == ".gz" || name.extension() == ".zst") name = name.stem();
  if (name.extension() == ".csv") return read_csv(file, ',', limit, limits);
  if (name.extension() == ".tsv") return read_csv(file, '\t', limit, limits);
  if (name.extension() == ".json") return read_json(file, limit, limits);
  return read_json_lines(file, limit, limits);
}

Split read_split(const fs::path& root, const std::string& dataset_path, const std::string& dataset_name,
                 const std::string& split, std::int64_t limit) {
  const std::string name = dataset_name.empty() ? "default" : dataset_name;
  check_relative(dataset_path, "dataset_path");
  check_relative(name, "dataset_name");
  check_relative(split, "the split");
  const fs::path folder = root / dataset_path / name;
  for (const std::string_view extension : extensions) {
    for (const std::string_view compression : compressions) {
      const fs::path file = folder / (split + std::string(extension) + std::string(compression));
      std::error_code error;
      if (!fs::exists(file, error)) continue;
      Split result = read_rows(file, limit);
      check_input(result.rows > 0, "{} is empty; a split needs at least one document", file.string());
      return result;
    }
  }
  fail_missing(root, folder, split);
}

}  // namespace assay::eval
