// Datasets under a data root: rows of a split, from whatever files hold them (find_split.hpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/util/json.hpp"
#include "eval/data/data_limits.hpp"

namespace assay::eval {

/// One row: its fields in file order, and where it came from.
struct Document {
  util::OrderedJson fields;
  std::int64_t line = 0;  ///< first line of the row; in Parquet its number, from 1; 0 if not from a file
  std::size_t file = 0;   ///< index into Split::files
};

struct Split {
  std::vector<std::filesystem::path> files;  ///< in reading order
  std::vector<Document> documents;           ///< what was asked for
  std::int64_t rows = 0;                     ///< in the files, asked for or not
  /// Where a document is written, for errors: "<file>:<line>", "<file> row <number>".
  [[nodiscard]] std::string place(std::size_t index) const;
};

/// Reads the first `limit` rows of a split (all if negative). Throws InputError: missing data (saying where
/// it was looked for and what is there), "<file>:<line>: ..." for a bad row or one past DataLimits, an empty
/// split, names that leave the root.
[[nodiscard]] Split read_split(const std::filesystem::path& root, const std::string& dataset_path,
                               const std::string& dataset_name, const std::string& split,
                               std::int64_t limit = -1);

/// Rows of files that follow each other, by their extensions; the first `limit` (all if negative), and how
/// many there are. DataLimits hold for all of them together. `separator` replaces that of CSV files; 0: by
/// the extension.
[[nodiscard]] Split read_rows(const std::vector<std::filesystem::path>& files, std::int64_t limit = -1,
                              const DataLimits& limits = {}, char separator = '\0');

/// RFC 4180 text with a header line, typed by whole columns as pandas types it for the hub's CSV datasets:
/// booleans, whole numbers (floats if a value is missing), floats, else text. Empty cells and words such as
/// NA and None are null.
[[nodiscard]] std::vector<Document> parse_csv(std::string_view text, char separator, std::string_view source,
                                              const DataLimits& limits = {});

}  // namespace assay::eval
