// Bytes of a file, decompressed while they are read: gzip, zstd, bzip2, or as they are.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace assay::eval {

/// Name ends that mean compression; the first is none.
[[nodiscard]] std::span<const std::string_view> compression_suffixes();

/// Decompressed bytes of a file in order; the compression is told by the name's end (.gz, .zst, .bz2).
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Up to `size` bytes; 0 at the end. Throws InputError for damaged or truncated data.
  virtual std::size_t read(char* out, std::size_t size) = 0;
};

/// Throws InputError if it is not a regular file that can be read.
[[nodiscard]] std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& file);

}  // namespace assay::eval
