#include "model/safetensors.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "assay/util/error.hpp"
#include "assay/util/hash.hpp"

namespace assay::model {
namespace {

constexpr std::uint64_t max_header_bytes = 100'000'000;  // the reference implementation's limit

std::uint64_t little_endian(std::span<const std::byte, 8> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = value << 8 | static_cast<std::uint64_t>(bytes[i]);
  return value;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    // O_NONBLOCK: opening a FIFO must fail below, not wait for a writer.
    : source_(path.string()), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  util::check_input(file_.valid(), "cannot open {} ({})", source_, std::strerror(errno));
  struct stat info {};
  if (::fstat(file_.get(), &info) != 0) util::fail_errno("fstat " + source_);
  util::check_input(S_ISREG(info.st_mode), "{} is not a regular file", source_);
  identity_ = identity();
  const auto size = static_cast<std::uint64_t>(identity_.size);
  util::check_input(size >= 8, "{} has only {} bytes, which is no safetensors file (download incomplete?)",
                    source_, size);
  std::byte prefix[8];
  read_at(0, prefix);
  const std::uint64_t header_bytes = little_endian(prefix);
  util::check_input(header_bytes <= max_header_bytes,
                    "{} announces a header of {} bytes, more than the limit of {}", source_, header_bytes,
                    max_header_bytes);
  util::check_input(header_bytes <= size - 8,
                    "{} announces a header of {} bytes, but has only {} (file cut short?)", source_,
                    header_bytes, size - 8);
  std::string header(header_bytes, '\0');
  read_at(8, std::as_writable_bytes(std::span(header)));
  data_begin_ = 8 + header_bytes;
  tensors_ = parse_safetensors_header(header, size - data_begin_, source_);
  header_digest_ = util::sha256_hex(header + std::to_string(size));
}

SafetensorsFile::Identity SafetensorsFile::identity() const {
  struct stat info {};
  if (::fstat(file_.get(), &info) != 0) util::fail_errno("fstat " + source_);
  return {.size = info.st_size,
          .modified_seconds = info.st_mtim.tv_sec,
          .modified_nanoseconds = info.st_mtim.tv_nsec};
}

void SafetensorsFile::check_unchanged() const {
  util::check_input(identity() == identity_,
                    "{} changed while it was read; wait for the copy to end and start again", source_);
}

void SafetensorsFile::prefetch(const TensorEntry& entry) const {
  // Advice only; what it returns does not matter.
  (void)::posix_fadvise(file_.get(), static_cast<off_t>(data_begin_ + entry.begin),
                        static_cast<off_t>(entry.bytes()), POSIX_FADV_WILLNEED);
}

void SafetensorsFile::read(const TensorEntry& entry, std::int64_t offset, std::span<std::byte> out) const {
  ASSAY_CHECK(offset >= 0 && offset <= entry.bytes() &&
              out.size() <= static_cast<std::size_t>(entry.bytes() - offset));
  read_at(data_begin_ + entry.begin + static_cast<std::uint64_t>(offset), out);
}

void SafetensorsFile::read_at(std::uint64_t position, std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n =
        ::pread(file_.get(), out.data() + done, out.size() - done, static_cast<off_t>(position + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) util::fail_errno("cannot read " + source_);
    util::check_input(n > 0, "{} became shorter while it was read; wait for the copy to end and start again",
                      source_);
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace assay::model
