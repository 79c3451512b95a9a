// The output of a campaign: what may be written where, what is continued, and what is refused.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "assay/campaign/config.hpp"
#include "assay/results/journal.hpp"
#include "assay/util/files.hpp"
#include "campaign/preparation.hpp"

namespace assay::campaign {

/// "<journal>.holder": who holds a journal, in words, so that another run can say it. Removed with the
/// object, which must go before the lock does; what a killed run leaves is overwritten by the next.
class HolderNote {
 public:
  /// Writes process, host and SLURM job; a failure costs only the words.
  explicit HolderNote(const std::filesystem::path& journal);
  ~HolderNote();
  HolderNote(const HolderNote&) = delete;
  HolderNote& operator=(const HolderNote&) = delete;
  /// "process 12 on node3, SLURM job 77", or empty.
  [[nodiscard]] static std::string read(const std::filesystem::path& journal);

 private:
  std::filesystem::path path_;
};

/// Whether an earlier start of this very SLURM job has emptied the output's journal for --overwrite: what is
/// in it since is the job's own work.
[[nodiscard]] bool started_over_by_this_job(const std::filesystem::path& output);

/// How long a run waits for the one before it to let go of the output. A few seconds, which ranks need to
/// notice that their launcher was killed; two minutes in a job that SLURM has started again, as after a node
/// failure a network file system keeps the lock of the lost node for its lease (90 s on NFS).
[[nodiscard]] double lock_patience_seconds();

/// One campaign's hold on its output. The lock is that of the journal, taken once: nothing is emptied or
/// removed without it. On a file system without locks --overwrite is refused while another's note is there.
class Output {
 public:
  /// Refuses an output that cannot be, before time is spent on tasks and data. Locks a journal that is there
  /// already, waiting up to `patience_seconds`; creates and removes nothing.
  explicit Output(const CampaignConfig& config, double patience_seconds = lock_patience_seconds());

  /// A file holds one campaign's tasks: refuses to drop those of another that is there already.
  void check_tasks_kept(const Preparation& preparation) const;

  /// Opens the journal; with --overwrite the output is removed and the journal emptied first. Throws
  /// InputError if it was recorded by a run of another identity (see journal_identity), or is another run's
  /// by now. To be called once. The journal keeps the lock; this object, whose note names the holder, goes
  /// before it.
  [[nodiscard]] std::unique_ptr<results::Journal> open_journal(const std::string& identity);

 private:
  void lock(double patience_seconds);
  void check_nobody_else() const;
  void start_over() const;

  const CampaignConfig& config_;
  std::filesystem::path journal_;
  util::FileDescriptor held_;
  std::optional<HolderNote> note_;
};

}  // namespace assay::campaign
