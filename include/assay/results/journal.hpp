// Append-only record of finished requests, checksummed record by record: what a killed run resumes from.
// Byte format: src/results/FORMAT.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/engine/request.hpp"
#include "assay/util/files.hpp"

namespace assay::results {

/// Which request a record answers. `content_hash` guards against changed prompts.
struct JournalKey {
  std::string task;
  std::int64_t doc_id = 0;
  std::int32_t request_index = 0;
  std::uint64_t content_hash = 0;
};

struct JournalRecord {
  JournalKey key;
  engine::Completion completion;
};

/// "<output>.journal": where the journal of a results file lies.
[[nodiscard]] std::filesystem::path journal_path(const std::filesystem::path& output);

/// The identity that the journal at `path` was created with; none if there is no file, or an empty or torn
/// one. Throws InputError if it is not a journal.
[[nodiscard]] std::optional<std::string> recorded_identity(const std::filesystem::path& path);

/// The journal of one output file, held exclusively (flock on the journal) for the life of the object. On a
/// file system without locks a warning says so, and a second writer is noticed at the next append.
class Journal {
 public:
  /// Opens or creates `path`. `identity`: what all records depend on (model, tokenizer, dtype, numerics, ...)
  /// as the text of a JSON object. Reads what is there: a torn record at the end is cut off; a damaged record
  /// in the middle is skipped with a warning and those after it are kept. Throws InputError if another
  /// process holds it, if it cannot be created, if it is not a journal, or if its identity differs (naming
  /// the keys). `held`: from util::try_lock(path), where the caller has the lock already; it is taken over.
  Journal(const std::filesystem::path& path, const std::string& identity, util::FileDescriptor held = {});
  ~Journal();
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;

  /// Records read at opening, in order of completion; moved out.
  [[nodiscard]] std::vector<JournalRecord> take_records();
  /// Appends one record with one write; in the page cache on return (survives a kill of any process). Throws
  /// Error naming the cause (disk full): the records before it stay good, and a later append may succeed.
  void append(const JournalRecord& record);
  /// fdatasync: survives a power loss too.
  void sync();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::results
