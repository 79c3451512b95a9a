// Parquet files as rows. They are read by a module that links Apache Arrow and is loaded with the first file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "assay/util/json.hpp"
#include "eval/data/data_limits.hpp"

namespace assay::eval {

struct ParquetRead {
  std::int64_t rows = 0;    ///< in the file
  std::uint64_t bytes = 0;  ///< of text and values of the rows that were read
};

/// Calls `row` with the fields of the first `limit` rows (all if negative), and with the row's number from 1;
/// reads no more of the file than these need. Values are as pyarrow's to_pylist() gives them: dates, times
/// and decimals as Python's str() writes them, maps as lists of [key, value]. A value that is no text (bytes
/// that are not UTF-8, types without a JSON form) leaves its column out of its row, with one warning a
/// column. Throws InputError: a file that is damaged, or past the limits; no module ("built without Parquet
/// support").
ParquetRead read_parquet(const std::filesystem::path& file, std::int64_t limit, const DataLimits& limits,
                         const std::function<void(util::OrderedJson fields, std::int64_t number)>& row);

/// Why Parquet files cannot be read by this program here, or empty. Loads the module.
[[nodiscard]] std::string parquet_problem();

}  // namespace assay::eval
