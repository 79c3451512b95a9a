// The HDF5 results file. Layout, byte for byte: src/results/FORMAT.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
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
  std::string model_path;
  std::string model_fingerprint;
  std::string tokenizer_fingerprint;
  std::string mesh;                 ///< "tp=2 pp=2 dp=1"
  std::string dtype;
  std::string numerics;
  std::string cpu_isa;
  std::string started_at;           ///< ISO 8601, UTC
  std::int64_t max_length = 0;
};

/// Wall time of a phase on one rank.
struct RankTiming {
  int rank = 0;
  std::string host;
  std::vector<util::PhaseTiming> phases;
  std::int64_t prefill_tokens = 0;
  std::int64_t generated_tokens = 0;
};

/// Everything about one finished task.
struct TaskResult {
  eval::TaskConfig task;
  int num_fewshot = 0;                ///< as run
  std::vector<eval::Sample> samples;
  std::vector<std::vector<engine::Completion>> completions;  ///< [samples][requests]
  std::vector<std::vector<eval::SampleScore>> scores;        ///< [samples][filters]
  std::vector<eval::MetricResult> metrics;
  std::string error;                  ///< not empty: the task failed (one sentence)
  double seconds = 0;
  std::int64_t resumed_requests = 0;  ///< taken from the journal
};

/// Writes one results file dataset by dataset; every `add` leaves a complete, readable file at `path` (temporary
/// file, fsync, rename), so a kill loses at most the dataset being written. Timings and times never enter the
/// sample tables: those are the same bytes however the run was launched or resumed.
class ResultsWriter {
 public:
  ResultsWriter(std::filesystem::path path, RunInfo info);
  ~ResultsWriter();
  void add(const TaskResult& result);
  /// Writes timings and the end-of-run mark.
  void finish(const std::vector<RankTiming>& timings, double wall_seconds);

 private:
  std::filesystem::path path_;
  RunInfo info_;
};

/// True if `path` is a finished results file (the end-of-run mark is set).
[[nodiscard]] bool is_finished(const std::filesystem::path& path);

}  // namespace assay::results
