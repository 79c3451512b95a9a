// Reading the HDF5 results file, strictly: whatever the file holds, the answer is values of the documented
// types or an InputError. Layout: src/results/FORMAT.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "assay/engine/request.hpp"
#include "assay/eval/score.hpp"
#include "assay/eval/task.hpp"
#include "assay/results/results_file.hpp"
#include "assay/util/json.hpp"

namespace assay::results {

/// What is known about a task without reading its samples.
struct TaskSummary {
  std::string task;
  std::string output_type;
  int num_fewshot = 0;
  std::int64_t documents = 0;  ///< in the split, before any limit
  std::int64_t samples = 0;
  util::OrderedJson config;  ///< as lm-eval writes a task's configuration
  std::vector<eval::MetricResult> metrics;
  std::string error;  ///< not empty: the task failed
};

/// A group of tasks and its metrics, which follow from those of the tasks.
struct GroupSummary {
  eval::TaskGroup group;
  std::vector<std::string> tasks;  ///< below it, through any number of groups
  std::size_t missing_tasks = 0;   ///< of them: failed, or not finished yet; then there are no metrics
  std::int64_t samples = 0;
  std::vector<eval::MetricResult> metrics;
};

/// The samples of a task with everything that was asked and answered. Per-sample vectors have one entry a
/// sample.
struct TaskSamples {
  std::vector<eval::Sample> samples;
  std::vector<std::vector<engine::Completion>> completions;  ///< id is 0
  std::vector<std::vector<eval::SampleScore>> scores;
  std::vector<std::string> document_hashes;  ///< lm-eval's doc_hash, prompt_hash and target_hash
  std::vector<std::string> prompt_hashes;
  std::vector<std::string> target_hashes;
};

struct TaskTiming {
  std::string task;
  double seconds = 0;
  std::int64_t resumed_requests = 0;
};

/// A results file open for reading. Throws InputError, naming the file and the place in it, from every
/// function.
class ResultsReader {
 public:
  explicit ResultsReader(const std::filesystem::path& path);
  ~ResultsReader();
  ResultsReader(ResultsReader&&) noexcept;
  ResultsReader& operator=(ResultsReader&&) noexcept;

  [[nodiscard]] const RunInfo& info() const;
  [[nodiscard]] bool finished() const;
  [[nodiscard]] double wall_seconds() const;                    ///< 0 until finished
  [[nodiscard]] const std::vector<TaskSummary>& tasks() const;  ///< in the order of the run
  [[nodiscard]] std::vector<GroupSummary> groups() const;       ///< outer before inner
  [[nodiscard]] TaskSamples samples(const std::string& task) const;
  [[nodiscard]] std::vector<RankTiming> rank_timings() const;
  [[nodiscard]] std::vector<TaskTiming> task_timings() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::results
