// Files: bounded reads, read-only mappings, atomic replacement, exclusive locks.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace assay::util {

/// The whole file as bytes. Throws InputError if it cannot be read, is not a regular file, or is larger
/// than `max_bytes`.
[[nodiscard]] std::string read_file(const std::filesystem::path& path,
                                    std::size_t max_bytes = std::size_t{1} << 30);

/// Read-only memory mapping of a regular file; the file descriptor is closed at once. Move-only.
class MappedFile {
 public:
  MappedFile() = default;
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Writes `text` to `path` so that after a kill at any moment the path holds either the old or the new
/// content: temporary file in the same folder, fsync, rename, fsync of the folder. Throws Error.
void write_file_atomically(const std::filesystem::path& path, std::string_view text);

/// fsync of a file or folder by path; throws Error.
void sync_path(const std::filesystem::path& path);

/// Owns a file descriptor. Move-only; -1 is none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Exclusive advisory lock on `path` (created if missing), held until destruction. The lock follows the
/// process: a kill releases it. `try_lock` returns an invalid descriptor when another process holds it;
/// on a file system without locks, a valid one that locks nothing, and `exclusive` becomes false.
[[nodiscard]] FileDescriptor try_lock(const std::filesystem::path& path, bool* exclusive = nullptr);

}  // namespace assay::util
