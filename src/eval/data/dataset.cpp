#include "eval/data/dataset.hpp"

#include <algorithm>

#include "assay/util/error.hpp"
#include "eval/data/find_split.hpp"
#include "eval/data/format.hpp"
#include "eval/data/json_array.hpp"
#include "eval/data/line_reader.hpp"
#include "eval/data/parquet.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::check_input;
using util::OrderedJson;

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Reads files one after the other into one split; the limits hold for all of them together.
class RowReader {
 public:
  RowReader(std::int64_t limit, const DataLimits& limits, char separator)
      : limit_(limit), limits_(limits), separator_(separator) {}

  void read(const fs::path& file) {
    split_.files.push_back(file);
    switch (format_of(file.filename().string())) {
      case DataFormat::csv:
        return read_csv(file, separator_ == '\0' ? ',' : separator_);
      case DataFormat::tsv:
        return read_csv(file, separator_ == '\0' ? '\t' : separator_);
      case DataFormat::json:
        return read_json(file);
      case DataFormat::parquet:
        return read_parquet_rows(file);
      case DataFormat::json_lines:
      case DataFormat::none:
        return read_json_lines(file);
    }
  }

  Split take() { return std::move(split_); }

 private:
  [[nodiscard]] bool wants_more() const {
    return limit_ < 0 || static_cast<std::int64_t>(split_.documents.size()) < limit_;
  }

  void add_row(std::string_view text, const std::string& where, std::int64_t line) {
    OrderedJson row = util::parse_ordered_json(
        text, where, {.max_bytes = limits_.row_bytes, .max_depth = limits_.row_depth});
    check_input(row.is_object(), "{} is not a JSON object", where);
    split_.documents.push_back({std::move(row), line, split_.files.size() - 1});
  }

  void read_json_lines(const fs::path& file) {
    LineReader reader(file, limits_);
    if (!wants_more()) reader.lift_stream_limit();
    std::string line;
    // Rows past the limit are counted, not held: only their own length matters.
    while (reader.next(line)) {
      if (is_blank(line)) continue;
      ++split_.rows;
      if (!wants_more()) continue;
      add_row(line, fmt::format("{}:{}: the line", file.string(), reader.line_number()),
              reader.line_number());
      if (!wants_more()) reader.lift_stream_limit();
    }
    if (wants_more()) limits_.stream_bytes -= reader.bytes_read();
  }

  std::string whole_text(const fs::path& file) {
    std::string text = read_text(file, limits_);
    limits_.whole_bytes -= text.size();
    return text;
  }

  void read_json_array(const fs::path& file) {
    const std::string text = whole_text(file);
    JsonArrayElements elements(text, file.string(), limits_.row_bytes);
    std::string_view element;
    for (std::int64_t number = 0; elements.next(element); ++number, ++split_.rows) {
      if (!wants_more()) continue;
      add_row(element, fmt::format("{}:{}: element {}", file.string(), elements.line(), number),
              elements.line());
    }
  }

  // A .json file is one array of objects, or lines of objects.
  void read_json(const fs::path& file) {
    char first[64];
    const std::size_t got = open_bytes(file)->read(first, sizeof(first));
    std::string_view head(first, got);
    if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
    const auto start = head.find_first_not_of(" \t\r\n");
    const bool array = start != std::string_view::npos && head[start] == '[';
    return array ? read_json_array(file) : read_json_lines(file);
  }

  void read_csv(const fs::path& file, char separator) {
    for (Document& row : parse_csv(whole_text(file), separator, file.string(), limits_)) {
      ++split_.rows;
      if (!wants_more()) continue;
      row.file = split_.files.size() - 1;
      split_.documents.push_back(std::move(row));
    }
  }

  void read_parquet_rows(const fs::path& file) {
    const std::int64_t left = limit_ < 0 ? -1 : limit_ - static_cast<std::int64_t>(split_.documents.size());
    const auto add = [&](OrderedJson fields, std::int64_t number) {
      split_.documents.push_back({std::move(fields), number, split_.files.size() - 1});
    };
    const ParquetRead read = read_parquet(file, left, limits_, add);
    split_.rows += read.rows;
    limits_.stream_bytes -= read.bytes;
  }

  Split split_;
  std::int64_t limit_;
  DataLimits limits_;  // what is left of them
  char separator_;
};

}  // namespace

std::string Split::place(std::size_t index) const {
  const Document& document = documents.at(index);
  const fs::path& file = files.at(document.file);
  if (document.line <= 0) return fmt::format("{} row {}", file.string(), index);
  const bool has_lines = format_of(file.filename().string()) != DataFormat::parquet;
  return fmt::format("{}{}{}", file.string(), has_lines ? ":" : " row ", document.line);
}

Split read_rows(const std::vector<fs::path>& files, std::int64_t limit, const DataLimits& limits,
                char separator) {
  RowReader reader(limit, limits, separator);
  for (const fs::path& file : files) reader.read(file);
  return reader.take();
}

Split read_split(const fs::path& root, const std::string& dataset_path, const std::string& dataset_name,
                 const std::string& split, std::int64_t limit) {
  const SplitFiles found = SplitFinder(root).find({dataset_path, dataset_name, split});
  check_input(!found.files.empty(), "{}", found.missing);
  Split result = read_rows(found.files, limit, {}, found.separator);
  check_input(result.rows > 0, "{} is empty; a split needs at least one document", found.files[0].string());
  return result;
}

}  // namespace assay::eval
