// Append-only record of finished requests, checksummed record by record: what a killed run resumes from.
// Byte format: src/results/FORMAT.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "assay/engine/request.hpp"

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

/// The journal of one output file, held exclusively (flock on the journal) for the life of the object.
class Journal {
 public:
  /// Opens or creates `path`. `identity`: what all records depend on (model, tokenizer, dtype, numerics, ...)
  /// as JSON text. Reads what is there, dropping a torn tail. Throws InputError if another process holds it, if
  /// it is not a journal, or if its identity differs (naming the keys that differ).
  Journal(const std::filesystem::path& path, const std::string& identity);
  ~Journal();

  /// Records read at opening, in order of completion; moved out.
  [[nodiscard]] std::vector<JournalRecord> take_records();
  /// Appends one record; in the page cache on return (survives a kill of any process). Throws Error naming the
  /// cause (disk full): the records before it stay good.
  void append(const JournalRecord& record);
  /// fdatasync: survives a power loss too.
  void sync();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::results
