// Arrow arrays as events: one value after the other, as pyarrow's to_pylist() would say them.
#pragma once

#include <cstdint>
#include <string>

#include "eval/data/parquet_table.hpp"

namespace arrow {
class Array;
class DataType;
}  // namespace arrow

namespace assay::eval::parquet {

/// Why values of a type cannot be said in JSON, or empty. Types deeper than `depth` cannot.
[[nodiscard]] std::string why_unreadable(const arrow::DataType& type, int depth);

/// Sends the value at `index` of an array that was validated and whose type is readable.
[[nodiscard]] ParquetAnswer put_value(const arrow::Array& array, std::int64_t index, const ParquetSink& sink);

/// Sends an event of a kind that only has text.
[[nodiscard]] ParquetAnswer put_text(const ParquetSink& sink, ParquetEventKind kind, const std::string& text);
/// Sends an event of a kind that has nothing but itself.
[[nodiscard]] ParquetAnswer put_mark(const ParquetSink& sink, ParquetEventKind kind);

}  // namespace assay::eval::parquet
