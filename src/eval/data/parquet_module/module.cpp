// The module that reads Parquet files: Apache Arrow behind the C table of eval/data/parquet_table.hpp. Files
// are hostile: what Arrow may hold is bounded by a memory pool, metadata by its size, arrays are validated
// before they are walked, and every exception ends here.
#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <stdexcept>
#include <vector>

#include "eval/data/parquet_module/values.hpp"
#include "eval/data/parquet_table.hpp"

namespace assay::eval::parquet {
namespace {

using arrow::Status;

constexpr std::int64_t most_rows_a_batch = 1024;
// Elements of one list in the metadata: fields of a schema, row groups, columns.
constexpr std::int32_t most_metadata_elements = 100'000;
constexpr std::int32_t most_schema_depth = 100;  // Arrow walks schemas recursively
constexpr std::int32_t most_metadata_text = 16 << 20;

// The system's memory, up to a limit.
class BoundedPool : public arrow::MemoryPool {
 public:
  explicit BoundedPool(std::int64_t limit) : limit_(limit) {}
  using arrow::MemoryPool::Allocate;
  using arrow::MemoryPool::Free;
  using arrow::MemoryPool::Reallocate;
  Status Allocate(std::int64_t size, std::int64_t alignment, std::uint8_t** out) override {
    if (size > limit_ - stats_.bytes_allocated()) return beyond();
    ARROW_RETURN_NOT_OK(base_->Allocate(size, alignment, out));
    stats_.DidAllocateBytes(size);
    return Status::OK();
  }
  Status Reallocate(std::int64_t old_size, std::int64_t new_size, std::int64_t alignment,
                    std::uint8_t** data) override {
    // Both may live for a moment.
    if (new_size > limit_ - stats_.bytes_allocated()) return beyond();
    ARROW_RETURN_NOT_OK(base_->Reallocate(old_size, new_size, alignment, data));
    stats_.DidReallocateBytes(old_size, new_size);
    return Status::OK();
  }
  void Free(std::uint8_t* buffer, std::int64_t size, std::int64_t alignment) override {
    base_->Free(buffer, size, alignment);
    stats_.DidFreeBytes(size);
  }
  std::int64_t bytes_allocated() const override { return stats_.bytes_allocated(); }
  std::int64_t max_memory() const override { return stats_.max_memory(); }
  std::int64_t total_bytes_allocated() const override { return stats_.total_bytes_allocated(); }
  std::int64_t num_allocations() const override { return stats_.num_allocations(); }
  std::string backend_name() const override { return "bounded"; }

 private:
  Status beyond() const {
    return Status::OutOfMemory("its rows need more than ", limit_ >> 20, " MiB at a time to be decoded");
  }
  arrow::MemoryPool* base_ = arrow::system_memory_pool();
  arrow::internal::MemoryPoolStats stats_;
  std::int64_t limit_;
};

struct File {
  explicit File(const ParquetOptions& given) : options(given), pool(given.memory_bytes) {}
  ParquetOptions options;
  BoundedPool pool;  // outlives the reader
  std::unique_ptr<::parquet::arrow::FileReader> reader;
  std::int64_t rows = 0;
};

void check(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.message());
}

template <class Value>
Value checked(arrow::Result<Value> result) {
  check(result.status());
  return std::move(result).ValueUnsafe();
}

// A file ends in the length of its metadata and a signature. Arrow believes the length.
void check_footer(arrow::io::RandomAccessFile& file, std::int64_t most_bytes) {
  const std::int64_t size = checked(file.GetSize());
  std::uint8_t tail[8] = {};
  if (size < 12 || checked(file.ReadAt(size - 8, 8, tail)) != 8) throw std::runtime_error("it is too short");
  const std::uint32_t length =
      tail[0] | tail[1] << 8 | tail[2] << 16 | static_cast<std::uint32_t>(tail[3]) << 24;
  if (std::memcmp(tail + 4, "PARE", 4) == 0) throw std::runtime_error("its metadata is encrypted");
  if (std::memcmp(tail + 4, "PAR1", 4) != 0)
    throw std::runtime_error("it does not end in the signature PAR1");
  if (length > size - 12) throw std::runtime_error("its metadata is longer than the file");
  if (length > most_bytes)
    throw std::runtime_error("its metadata is larger than " + std::to_string(most_bytes >> 20) + " MiB");
}

// As many rows at a time as their average size, by the metadata, puts into the batch's bytes.
std::int64_t rows_a_batch(const ::parquet::FileMetaData& metadata, std::int64_t batch_bytes) {
  std::int64_t rows = most_rows_a_batch;
  for (int i = 0; i < metadata.num_row_groups(); ++i) {
    const auto group = metadata.RowGroup(i);
    const std::int64_t bytes = std::max<std::int64_t>(group->total_byte_size(), 1);
    const std::int64_t row_bytes =
        std::max<std::int64_t>(bytes / std::max<std::int64_t>(group->num_rows(), 1), 1);
    rows = std::min(rows, std::max<std::int64_t>(batch_bytes / row_bytes, 1));
  }
  return rows;
}

std::int64_t counted_rows(const ::parquet::FileMetaData& metadata) {
  std::int64_t rows = 0;
  for (int i = 0; i < metadata.num_row_groups(); ++i) {
    const std::int64_t more = metadata.RowGroup(i)->num_rows();
    if (more < 0 || more > metadata.num_rows() - rows)
      throw std::runtime_error("its metadata counts rows in two ways");
    rows += more;
  }
  if (rows != metadata.num_rows()) throw std::runtime_error("its metadata counts rows in two ways");
  return rows;
}

std::unique_ptr<File> open_file(const char* path, const ParquetOptions& options) {
  auto file = std::make_unique<File>(options);
  std::shared_ptr<arrow::io::ReadableFile> bytes = checked(arrow::io::ReadableFile::Open(path, &file->pool));
  check_footer(*bytes, options.footer_bytes);
  ::parquet::ReaderProperties properties(&file->pool);
  properties.set_thrift_container_size_limit(most_metadata_elements);
  properties.set_thrift_string_size_limit(most_metadata_text);
  properties.set_schema_depth_limit(most_schema_depth);
  properties.set_page_checksum_verification(true);
  properties.enable_buffered_stream();  // page by page, not whole row groups
  std::unique_ptr<::parquet::ParquetFileReader> parquet =
      ::parquet::ParquetFileReader::Open(bytes, properties);
  file->rows = counted_rows(*parquet->metadata());
  ::parquet::ArrowReaderProperties arrow_properties(/*use_threads=*/false);
  arrow_properties.set_batch_size(rows_a_batch(*parquet->metadata(), options.batch_bytes));
  arrow_properties.set_pre_buffer(false);
  file->reader =
      checked(::parquet::arrow::FileReader::Make(&file->pool, std::move(parquet), arrow_properties));
  return file;
}

struct Column {
  std::string name;
  std::string unreadable;  // why, or empty
};

std::vector<Column> columns_of(const arrow::Schema& schema, int depth) {
  std::vector<Column> columns;
  std::set<std::string> names;
  for (const auto& field : schema.fields()) {
    if (!names.insert(field->name()).second) throw std::runtime_error("two of its columns have one name");
    columns.push_back({field->name(), why_unreadable(*field->type(), depth - 1)});
  }
  return columns;
}

ParquetAnswer put_row(const arrow::RecordBatch& batch, const std::vector<Column>& columns, std::int64_t row,
                      const ParquetSink& sink) {
  ParquetAnswer answer = put_mark(sink, ParquetEventKind::row_begin);
  for (std::size_t i = 0; i < columns.size() && answer == ParquetAnswer::go_on; ++i) {
    answer = put_text(sink, ParquetEventKind::key, columns[i].name);
    if (answer != ParquetAnswer::go_on) return answer;
    answer = columns[i].unreadable.empty() ? put_value(*batch.column(static_cast<int>(i)), row, sink)
                                           : put_text(sink, ParquetEventKind::no_text, columns[i].unreadable);
    if (answer == ParquetAnswer::leave_column) answer = ParquetAnswer::go_on;
  }
  return answer == ParquetAnswer::go_on ? put_mark(sink, ParquetEventKind::row_end) : answer;
}

ParquetOutcome read_rows(File& file, std::int64_t limit, const ParquetSink& sink) {
  const std::int64_t wanted = limit < 0 ? file.rows : std::min(limit, file.rows);
  std::shared_ptr<arrow::Schema> schema;
  check(file.reader->GetSchema(&schema));
  const std::vector<Column> columns = columns_of(*schema, file.options.depth);
  if (wanted == 0) return ParquetOutcome::done;
  const auto batches = checked(file.reader->GetRecordBatchReader());
  std::int64_t done = 0;
  while (done < wanted) {
    std::shared_ptr<arrow::RecordBatch> batch;
    check(batches->ReadNext(&batch));
    if (batch == nullptr) throw std::runtime_error("it holds fewer rows than its metadata says");
    check(batch->ValidateFull());
    if (batch->num_columns() != static_cast<int>(columns.size()))
      throw std::runtime_error("its columns change");
    for (std::int64_t row = 0; row < batch->num_rows() && done < wanted; ++row, ++done) {
      if (put_row(*batch, columns, row, sink) != ParquetAnswer::go_on) return ParquetOutcome::stopped;
    }
  }
  return ParquetOutcome::done;
}

void set_error(ParquetError* error, const char* text) {
  std::snprintf(error->text, sizeof(error->text), "%s", text);
}

// Runs `function`; whatever it throws becomes `failed` and a text.
template <class Result, class Function>
Result guarded(ParquetError* error, Result failed, Function function) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    set_error(error, "it needs more memory than there is");
  } catch (const std::exception& exception) {
    set_error(error, exception.what());
  } catch (...) {
    set_error(error, "of an unknown error");
  }
  return failed;
}

void* open_entry(const char* path, const ParquetOptions* options, ParquetError* error) {
  return guarded(error, static_cast<void*>(nullptr),
                 [&]() -> void* { return open_file(path, *options).release(); });
}

std::int64_t rows_entry(const void* file) {
  return static_cast<const File*>(file)->rows;
}

ParquetOutcome read_entry(void* file, std::int64_t limit, ParquetSink sink, ParquetError* error) {
  return guarded(error, ParquetOutcome::failed,
                 [&] { return read_rows(*static_cast<File*>(file), limit, sink); });
}

void close_entry(void* file) {
  delete static_cast<File*>(file);
}

}  // namespace
}  // namespace assay::eval::parquet

extern "C" __attribute__((visibility("default"))) const assay::eval::ParquetTable* assay_parquet_table() {
  namespace parquet = assay::eval::parquet;
  static constexpr assay::eval::ParquetTable table{assay::eval::ParquetTable::current_version,
                                                   parquet::open_entry, parquet::rows_entry,
                                                   parquet::read_entry, parquet::close_entry};
  return &table;
}
