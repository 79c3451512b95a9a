#include "assay/util/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "assay/util/error.hpp"

namespace assay::util {
namespace {

FileDescriptor open_regular(const std::filesystem::path& path, std::size_t& size) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer; it has no effect on regular files.
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  check_input(fd.valid(), "cannot open {} ({})", path.string(), std::strerror(errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) fail_errno("fstat " + path.string());
  check_input(S_ISREG(info.st_mode), "{} is not a regular file", path.string());
  size = static_cast<std::size_t>(info.st_size);
  return fd;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::string read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  std::size_t size = 0;
  const FileDescriptor fd = open_regular(path, size);
  check_input(size <= max_bytes, "{} is too large ({} bytes, limit {})", path.string(), size, max_bytes);
  std::string text(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(fd.get(), text.data() + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("read " + path.string());
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  text.resize(done);
  return text;
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  const FileDescriptor fd = open_regular(path, size_);
  if (size_ == 0) return;
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (address == MAP_FAILED) fail_errno("mmap " + path.string());
  data_ = static_cast<const std::byte*>(address);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

void sync_path(const std::filesystem::path& path) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) fail_errno("open " + path.string());
  if (::fsync(fd.get()) != 0) fail_errno("fsync " + path.string());
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path temporary = path.string() + ".tmp." + std::to_string(::getpid());
  // Removes the temporary file, keeping errno, and throws.
  const auto give_up = [&temporary](const std::string& what) {
    const int saved = errno;
    ::unlink(temporary.c_str());
    errno = saved;
    fail_errno(what);
  };
  {
    const FileDescriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd.valid()) fail_errno("cannot create " + temporary.string());
    std::size_t done = 0;
    while (done < text.size()) {
      const ssize_t n = ::write(fd.get(), text.data() + done, text.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) give_up("cannot write " + path.string());
      done += static_cast<std::size_t>(n);
    }
    if (::fsync(fd.get()) != 0) give_up("fsync " + temporary.string());
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) give_up("rename to " + path.string());
  const auto folder = path.parent_path();
  sync_path(folder.empty() ? "." : folder);
}

FileDescriptor try_lock(const std::filesystem::path& path, bool* exclusive) {
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  check_input(fd.valid(), "cannot create {} ({})", path.string(), std::strerror(errno));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
  if (errno == EWOULDBLOCK) return {};
  // A file system without locks (some Lustre and NFS mounts): nobody can hold one.
  if (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP) {
    if (exclusive != nullptr) *exclusive = false;
    return fd;
  }
  fail_errno("flock " + path.string());
}

}  // namespace assay::util
