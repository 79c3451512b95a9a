// Datasets under a data root in the Hugging Face hub's shape:
//   <root>/<dataset_path>/<dataset_name or "default">/<split>.<jsonl|json|csv|tsv>[.gz|.zst]
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/util/json.hpp"
#include "eval/data_limits.hpp"

namespace assay::eval {

/// One row: its fields in file order, and where it came from.
struct Document {
  util::OrderedJson fields;
  std::int64_t line = 0;  ///< first line of the row; 0 if it is not from a file
};

struct Split {
  std::filesystem::path file;
  std::vector<Document> documents;  ///< what was asked for
  std::int64_t rows = 0;            ///< in the file, asked for or not
};

/// Reads the first `limit` rows of a split (all if negative). Throws InputError: missing data (saying where
/// it was looked for and what is there), "<file>:<line>: ..." for a bad row or one past DataLimits, an empty
/// split, names that leave the root.
[[nodiscard]] Split read_split(const std::filesystem::path& root, const std::string& dataset_path,
                               const std::string& dataset_name, const std::string& split,
                               std::int64_t limit = -1);

/// Rows of one file, by its extension; the first `limit` (all if negative), and how many there are.
[[nodiscard]] Split read_rows(const std::filesystem::path& file, std::int64_t limit = -1,
                              const DataLimits& limits = {});

/// RFC 4180 text with a header line. Columns whose values are all whole numbers, or all numbers, become
/// numbers (empty cells null), as pandas reads them for the hub's CSV datasets; others stay text.
[[nodiscard]] std::vector<Document> parse_csv(std::string_view text, char separator, std::string_view source,
                                              const DataLimits& limits = {});

}  // namespace assay::eval
