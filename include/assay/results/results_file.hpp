// Writing the HDF5 results file. Layout, byte for byte: src/results/FORMAT.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/engine/request.hpp"
#include "assay/eval/score.hpp"
#include "assay/eval/task.hpp"
#include "assay/util/clock.hpp"

namespace assay::results {

/// About the whole run; attributes of the root group.
struct RunInfo {
  std::string assay_version;
  util::OrderedJson configuration;  ///< the whole campaign as run, defaults included
  /// What every result depends on: the journal's identity, as the text of a JSON object. An existing file is
  /// continued only by a run of the same identity.
  std::string identity;
  std::string model_path;
  std::string model_fingerprint;
  std::string tokenizer_fingerprint;
  std::string mesh;  ///< "tp=2 pp=2 dp=1"
  std::string dtype;
  std::string numerics;
  std::string cpu_isa;
  std::string started_at;  ///< ISO 8601, UTC
  std::int64_t max_length = 0;
  std::vector<eval::TaskGroup> groups;  ///< that the campaign named, and those within them
};

/// Wall time of each phase on one rank.
struct RankTiming {
  int rank = 0;
  std::string host;
  std::vector<util::PhaseTiming> phases;
  /// Tokens of this rank's replica, counted on one rank of each replica and 0 on its others, so that the sums
  /// over ranks are the run's.
  std::int64_t prefill_tokens = 0;
  std::int64_t generated_tokens = 0;
};

/// Everything about one finished task.
struct TaskResult {
  eval::TaskConfig task;
  int num_fewshot = 0;          ///< as run
  std::int64_t documents = -1;  ///< in the split, before any limit; -1: as many as samples
  std::vector<eval::Sample> samples;
  std::vector<std::vector<engine::Completion>>
      completions;                                     ///< [samples][requests]; may end early if it failed
  std::vector<std::vector<eval::SampleScore>> scores;  ///< [samples][filters]; may end early if it failed
  std::vector<eval::MetricResult> metrics;
  std::string error;  ///< not empty: the task failed (one sentence)
  double seconds = 0;
  std::int64_t resumed_requests = 0;  ///< taken from the journal
};

/// Writes one results file dataset by dataset. At any moment the file at `path` is complete and readable
/// (temporary file, fsync, rename). It is written again for each of the first 16 tasks; later ones may wait
/// until there is a share of new tasks worth the rewriting, or a minute has passed (FORMAT.md, "Writing"), so
/// that the cost of a campaign of hundreds of tasks is linear in them. A kill loses what waits, which the
/// journal gives back. Timings and times never enter a task's group: its content is the same bytes however
/// the run was launched or resumed. The whole (compressed) file is kept in memory.
class ResultsWriter {
 public:
  /// If `path` holds results of the same identity, its tasks stay in the file until they are added again or
  /// `finish` is called. A damaged file that has its journal beside it is moved to "<path>.damaged", with a
  /// warning: the run writes the journal's answers again. Throws InputError if `path` is anything else.
  ResultsWriter(std::filesystem::path path, RunInfo info);
  /// Saves what waits; a failure is logged.
  ~ResultsWriter();
  ResultsWriter(ResultsWriter&&) noexcept;

  /// The tasks of the run: the file lists them in this order, whichever is added first. Without a plan, in
  /// the order of adding.
  void plan(const std::vector<std::string>& tasks);
  /// Adds or replaces one task, and writes the file where that is due. Throws Error naming the cause; the
  /// file is then unchanged, and the task is in it when it can next be written.
  void add(const TaskResult& result);
  /// Writes the file if tasks wait for it: where a run stops. Throws as add does.
  void save();
  /// Leaves exactly the tasks added by this run, with timings and the end-of-run mark.
  void finish(const std::vector<RankTiming>& timings, double wall_seconds);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// True if `path` is a finished results file (the end-of-run mark is set); false for anything else.
[[nodiscard]] bool is_finished(const std::filesystem::path& path);

}  // namespace assay::results
