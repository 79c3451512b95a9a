// Lines of a text file, compressed or not, streamed: memory stays at one line plus a buffer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "eval/data/byte_source.hpp"
#include "eval/data/data_limits.hpp"

namespace assay::eval {

class LineReader {
 public:
  /// Throws InputError if the file cannot be read.
  explicit LineReader(const std::filesystem::path& file, const DataLimits& limits = {});
  /// No more than a row is held at a time from here on: the limit of the whole text no longer matters.
  void lift_stream_limit() { limits_.stream_bytes = UINT64_MAX; }
  /// The next line without its end ("\n" or "\r\n"); false at the end of the file. A byte order mark at the
  /// beginning is dropped. Throws InputError "<file>:<line>: ..." past the limits.
  bool next(std::string& line);
  /// Decompressed bytes taken from the file so far.
  [[nodiscard]] std::uint64_t bytes_read() const { return total_; }
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
