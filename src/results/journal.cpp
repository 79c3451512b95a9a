#include "assay/results/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/log.hpp"
#include "results/journal_format.hpp"

namespace assay::results {

std::filesystem::path journal_path(const std::filesystem::path& output) {
  return output.string() + ".journal";
}

std::optional<std::string> recorded_identity(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const util::MappedFile file(path);
  const auto header = journal::decode_header(file.bytes(), path.string());
  if (!header) return std::nullopt;
  return header->identity;
}

struct Journal::Impl {
  std::filesystem::path path;
  util::FileDescriptor fd;
  std::uint64_t size = 0;  // bytes of the file that are good
  std::uint64_t appended = 0;
  std::vector<JournalRecord> records;

  void open_and_lock(util::FileDescriptor held);
  void read(const std::string& identity);
  void write_at_end(std::span<const std::byte> bytes);
  [[noreturn]] void fail_write(int error);
};

void Journal::Impl::open_and_lock(util::FileDescriptor held) {
  fd = std::move(held);
  if (!fd.valid())
    fd = util::FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  util::check_input(fd.valid(), "cannot create {} ({}); choose an output in a folder you can write to",
                    path.string(), std::strerror(errno));
  if (::fcntl(fd.get(), F_SETFL, O_APPEND) != 0) util::fail_errno("fcntl " + path.string());
  // Of a descriptor that holds the lock already this asks for nothing new.
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return;
  util::check_input(errno != EWOULDBLOCK,
                    "{} is in use by another run; wait for it, stop it, or choose another output",
                    path.string());
  if (errno != ENOSYS && errno != ENOLCK && errno != EOPNOTSUPP) util::fail_errno("flock " + path.string());
  util::log_warning("{} cannot be locked ({}): make sure that no other run writes to this output",
                    path.string(), std::strerror(errno));
}

void Journal::Impl::read(const std::string& identity) {
  const util::MappedFile file(path);
  const auto bytes = file.bytes();
  const auto header = journal::decode_header(bytes, path.string());
  if (!header) {
    if (::ftruncate(fd.get(), 0) != 0) util::fail_errno("truncate " + path.string());
    write_at_end(journal::encode_header(identity));
    return;
  }
  const std::string keys = journal::differing_keys(header->identity, identity);
  util::check_input(
      keys.empty(),
      "{} belongs to a different run ({} differ from this command's); use the same settings to resume "
      "it, choose another output, or start over with --overwrite",
      path.string(), keys);
  journal::Scan scan = journal::scan_records(bytes, header->size);
  util::check_input(!scan.gave_up, "{} is too damaged to resume from; move it away to start again",
                    path.string());
  if (scan.damaged_places > 0) {
    util::log_warning(
        "{} is damaged in {} place(s), {} bytes (a fault of the disk or of another program): {} good records "
        "are "
        "kept, the requests of the damaged ones run again",
        path.string(), scan.damaged_places, scan.damaged_bytes, scan.records.size());
  }
  if (scan.end < bytes.size()) {
    util::log_info("{}: dropped the last {} bytes (an unfinished or damaged record), kept {} records",
                   path.string(), bytes.size() - scan.end, scan.records.size());
    if (::ftruncate(fd.get(), static_cast<off_t>(scan.end)) != 0)
      util::fail_errno("truncate " + path.string());
  }
  size = scan.end;
  records = std::move(scan.records);
}

void Journal::Impl::fail_write(int error) {
  // Cut a partial record off, so that the next append starts at a good place. If even that fails, the next
  // opening skips it.
  const bool cut = ::ftruncate(fd.get(), static_cast<off_t>(size)) == 0;
  util::fail_internal(
      "cannot append to {} ({}); the {} finished requests before it are {}: make room and run the "
      "same command to resume",
      path.string(), std::strerror(error), records.size() + appended, cut ? "kept" : "kept (uncut)");
}

void Journal::Impl::write_at_end(std::span<const std::byte> bytes) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) util::fail_errno("fstat " + path.string());
  if (static_cast<std::uint64_t>(info.st_size) != size) {
    // Either an earlier partial record could not be cut off, or the lock does not work and somebody else
    // writes.
    util::fail_internal(
        "{} has {} bytes instead of {} (another run writes to it, or an earlier write was left "
        "incomplete); stop the other run and run the same command to resume",
        path.string(), info.st_size, size);
  }
  std::size_t done = 0;
  while (done < bytes.size()) {  // one write in practice; a rest only after a signal or a full disk
    const ssize_t n = ::write(fd.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_write(errno);
    done += static_cast<std::size_t>(n);
  }
  size += bytes.size();
}

Journal::Journal(const std::filesystem::path& path, const std::string& identity, util::FileDescriptor held)
    : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  impl_->open_and_lock(std::move(held));
  impl_->read(identity);
}

Journal::~Journal() = default;
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;

std::vector<JournalRecord> Journal::take_records() {
  impl_->appended += impl_->records.size();  // still counted as kept
  return std::exchange(impl_->records, {});
}

void Journal::append(const JournalRecord& record) {
  impl_->write_at_end(journal::encode_record(record, impl_->size));
  ++impl_->appended;
}

void Journal::sync() {
  if (::fdatasync(impl_->fd.get()) != 0) impl_->fail_write(errno);
}

}  // namespace assay::results
