// Lines of a plain, gzip or zstd text file, streamed: memory stays at one line plus a buffer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "eval/data_limits.hpp"

namespace assay::eval {

/// Decompressed bytes of a file in order; the compression is told by the name's end (.gz, .zst).
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Up to `size` bytes; 0 at the end. Throws InputError for damaged or truncated data.
  virtual std::size_t read(char* out, std::size_t size) = 0;
};
[[nodiscard]] std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& file);

class LineReader {
 public:
  /// Throws InputError if the file cannot be read.
  explicit LineReader(const std::filesystem::path& file, const DataLimits& limits = {});
  /// No more than a row is held at a time from here on: the limit of the whole text no longer matters.
  void lift_stream_limit() { limits_.stream_bytes = UINT64_MAX; }
  /// The next line without its end ("\n" or "\r\n"); false at the end of the file. A byte order mark at the
  /// beginning is dropped. Throws InputError "<file>:<line>: ..." past the limits.
  bool next(std::string& line);
  /// Number of the line last returned, from 1.
  [[nodiscard]] std::int64_t line_number() const { return line_number_; }

 private:
  bool fill();

  std::string name_;
  DataLimits limits_;
  std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::int64_t line_number_ = 0;
  std::uint64_t total_ = 0;
};

/// The whole decompressed text. Throws InputError past limits.whole_bytes.
[[nodiscard]] std::string read_text(const std::filesystem::path& file, const DataLimits& limits = {});

}  // namespace assay::eval
