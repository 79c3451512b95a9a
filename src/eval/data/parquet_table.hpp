// What the program and the module that reads Parquet files say to each other: plain C types, no exception and
// no ownership across. The module (parquet_module/) links Apache Arrow; the program does not.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::eval {

/// Kinds of ParquetEvent, in the order of a row: row_begin, then for every column in file order `key` and its
/// value, then row_end. A value is null ... text, or list_begin values list_end, or struct_begin (key
/// value)... struct_end.
enum class ParquetEventKind : int {
  row_begin = 0,
  row_end = 1,
  key = 2,  ///< text: the field's name
  null = 3,
  boolean = 4,  ///< integer: 0 or 1
  integer = 5,  ///< integer
  natural = 6,  ///< natural: an unsigned number
  number = 7,   ///< number
  text = 8,     ///< text: should be UTF-8, not checked by the module
  bytes = 9,    ///< text: any bytes
  list_begin = 10,
  list_end = 11,
  struct_begin = 12,
  struct_end = 13,
  no_text = 14,  ///< the value of this column cannot be said; text: why. The column is over
};

struct ParquetEvent {
  ParquetEventKind kind = ParquetEventKind::null;
  std::int64_t integer = 0;
  std::uint64_t natural = 0;
  double number = 0;
  const char* text = nullptr;
  std::size_t size = 0;  ///< of text, in bytes
};

/// The answer to an event.
enum class ParquetAnswer : int {
  stop = 0,  ///< end reading now
  go_on = 1,
  leave_column = 2  ///< nothing more of this row's column
};

struct ParquetSink {
  void* self = nullptr;
  ParquetAnswer (*put)(void* self, const ParquetEvent* event) = nullptr;
};

struct ParquetOptions {
  std::int64_t footer_bytes = 0;  ///< most that a file's metadata may take
  std::int64_t memory_bytes = 0;  ///< most that Arrow may hold of a file at a time
  std::int64_t batch_bytes = 0;   ///< what is decoded at a time, as far as the metadata tells
  int depth = 0;                  ///< most values around a value, the row included
};

/// An error as text; cut where it does not fit.
struct ParquetError {
  char text[512] = {};
};

enum class ParquetOutcome : int { done = 0, stopped = 1, failed = 2 };

struct ParquetTable {
  static constexpr int current_version = 1;
  int version = current_version;
  /// nullptr on failure.
  void* (*open)(const char* path, const ParquetOptions* options, ParquetError* error) = nullptr;
  /// Rows, as its metadata says.
  std::int64_t (*rows)(const void* file) = nullptr;
  /// Sends the first `limit` rows (all if negative). Once a file.
  ParquetOutcome (*read)(void* file, std::int64_t limit, ParquetSink sink, ParquetError* error) = nullptr;
  void (*close)(void* file) = nullptr;
};

/// The module's one symbol: `const ParquetTable* assay_parquet_table()`.
inline constexpr const char* parquet_table_symbol = "assay_parquet_table";
using ParquetTableFunction = const ParquetTable* (*)();

}  // namespace assay::eval
