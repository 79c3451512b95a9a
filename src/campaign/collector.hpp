// Takes completions on rank 0: journals them, and scores and writes each task when its last one arrives.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "assay/results/journal.hpp"
#include "assay/results/results_file.hpp"
#include "campaign/preparation.hpp"
#include "campaign/program_runs.hpp"
#include "campaign/progress.hpp"

namespace assay::campaign {

class Collector {
 public:
  /// Takes what the journal holds already. Throws InputError if the journal answers other prompts than these.
  /// All references must outlive the collector.
  /// `programs` runs what models write for tasks that need it; may be null if none does.
  Collector(Preparation& preparation, results::Journal& journal, bool fail_fast,
            ProgramRuns* programs = nullptr);

  /// Ids still to be computed, tasks in order, the longest requests of a task first.
  [[nodiscard]] std::vector<std::uint64_t> pending() const;
  /// Starts writing results: tasks that are complete already are written now, or when their programs have
  /// run.
  void start(results::ResultsWriter& writer);
  /// The request `id` goes to a replica: its task's clock starts with its first request.
  void handed_out(std::uint64_t id);
  /// Journals one completion; on a task's last one, scores and writes the task. True if its task has failed,
  /// now or before: then every request of it that was not handed out is to be dropped. With fail_fast the
  /// first failure throws InputError instead. Each id once.
  [[nodiscard]] bool take(engine::Completion completion);
  /// True if the task of request `id`, not handed out yet, has failed: the request counts as done, and the
  /// task's error will name it.
  [[nodiscard]] bool drop(std::uint64_t id);
  /// Writes tasks whose programs have all ended meanwhile. Cheap.
  void poll_programs();
  /// Does so until no task waits for programs, or `stop` says so.
  void wait_for_programs(bool (*stop)());
  [[nodiscard]] bool all_done() const { return tasks_left_ == 0; }
  [[nodiscard]] std::size_t failed_tasks() const { return failed_tasks_; }
  [[nodiscard]] std::int64_t resumed_requests() const { return resumed_; }
  /// Leaves the progress line, so that a message can be printed.
  void clear_progress() { progress_.clear(); }

 private:
  struct TaskState {
    std::vector<std::vector<engine::Completion>> completions;
    std::vector<std::vector<char>> done;
    std::int64_t left = 0;
    std::int64_t resumed = 0;
    std::string error;
    std::vector<std::int64_t> dropped;  ///< documents, one entry for each request that was not computed
    bool written = false;
    std::optional<util::Stopwatch> watch;  ///< from the first request handed out
  };
  void complete_task(std::size_t task);
  void finish_task(std::size_t task);
  void start_programs(std::size_t task, std::size_t sample);
  [[nodiscard]] std::int64_t adopt_journal();

  Preparation& preparation_;
  results::Journal& journal_;
  bool fail_fast_;
  ProgramRuns* programs_;
  std::set<std::size_t> judged_;  ///< tasks with all answers whose programs still run
  std::vector<TaskState> tasks_;
  std::size_t tasks_left_ = 0;
  std::size_t failed_tasks_ = 0;
  std::int64_t resumed_ = 0;
  results::ResultsWriter* writer_ = nullptr;
  Progress progress_;
};

}  // namespace assay::campaign
