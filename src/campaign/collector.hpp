// Takes completions on rank 0: journals them, and scores and writes each task when its last one arrives.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "assay/results/journal.hpp"
#include "assay/results/results_file.hpp"
#include "campaign/preparation.hpp"
#include "campaign/progress.hpp"

namespace assay::campaign {

class Collector {
 public:
  /// Takes what the journal holds already. Throws InputError if the journal answers other prompts than these.
  /// All references must outlive the collector.
  Collector(Preparation& preparation, results::Journal& journal, bool fail_fast);

  /// Ids still to be computed, tasks in order, the longest requests of a task first.
  [[nodiscard]] std::vector<std::uint64_t> pending() const;
  /// Starts writing results: tasks that are complete already are written now.
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
  void finish_task(std::size_t task);
  [[nodiscard]] std::int64_t adopt_journal();

  Preparation& preparation_;
  results::Journal& journal_;
  bool fail_fast_;
  std::vector<TaskState> tasks_;
  std::size_t tasks_left_ = 0;
  std::size_t failed_tasks_ = 0;
  std::int64_t resumed_ = 0;
  results::ResultsWriter* writer_ = nullptr;
  Progress progress_;
};

}  // namespace assay::campaign
