// The safetensors format (github.com/huggingface/safetensors, README "Format"): u64 little-endian N, N bytes
// of JSON header, tensor data. Headers are hostile until proven otherwise; nothing is allocated on their
// word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "assay/tensor/tensor.hpp"
#include "assay/util/files.hpp"

namespace assay::model {

/// Where a tensor lies. `begin` and `end` count bytes from the start of the data.
struct TensorEntry {
  std::string_view dtype;  ///< the format's name, a literal: "BF16"
  tensor::Shape shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  [[nodiscard]] std::int64_t bytes() const { return static_cast<std::int64_t>(end - begin); }
};

/// Names to entries, sorted by name.
using TensorEntries = std::map<std::string, TensorEntry, std::less<>>;

/// Our dtype for a format name, or none for one that weights are not read in.
[[nodiscard]] std::optional<tensor::DType> weight_dtype(std::string_view dtype);

/// Parses and validates a header. `data_bytes`: the file's size after the header, which the tensors must fill
/// without holes or overlaps. `source` names the file in errors. Throws InputError.
[[nodiscard]] TensorEntries parse_safetensors_header(std::string_view json, std::uint64_t data_bytes,
                                                     const std::string& source);

/// An open, validated file. Data is read with pread, never through a mapping: a file that shrinks under a
/// mapping kills the process with SIGBUS, and a rank's column slices would fault page by page.
class SafetensorsFile {
 public:
  /// Throws InputError if the file cannot be read or breaks the format.
  explicit SafetensorsFile(const std::filesystem::path& path);

  [[nodiscard]] const TensorEntries& tensors() const { return tensors_; }
  [[nodiscard]] const std::string& source() const { return source_; }
  /// SHA-256 over the header's bytes and the file's size.
  [[nodiscard]] const std::string& header_digest() const { return header_digest_; }

  /// Reads bytes [offset, offset + out.size()) of the tensor. Throws InputError if the file has become
  /// shorter.
  void read(const TensorEntry& entry, std::int64_t offset, std::span<std::byte> out) const;
  /// Throws InputError if the file's size or modification time is no longer what was validated.
  void check_unchanged() const;
  /// Tells the kernel that the tensor's bytes will be needed.
  void prefetch(const TensorEntry& entry) const;

 private:
  struct Identity {
    std::int64_t size = 0;
    std::int64_t modified_seconds = 0;
    std::int64_t modified_nanoseconds = 0;
    bool operator==(const Identity&) const = default;
  };
  [[nodiscard]] Identity identity() const;
  void read_at(std::uint64_t position, std::span<std::byte> out) const;

  std::string source_;
  util::FileDescriptor file_;
  Identity identity_;
  std::uint64_t data_begin_ = 0;
  TensorEntries tensors_;
  std::string header_digest_;
};

}  // namespace assay::model
