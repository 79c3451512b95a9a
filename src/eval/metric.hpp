// Metrics: the value of one sample, and how values become one number. One file a metric in src/eval/metrics;
// see src/eval/README.md.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/eval/task.hpp"
#include "assay/util/json.hpp"

namespace assay::eval {

/// What a metric may look at: one sample under one filter pipeline.
struct ScoreInput {
  const TaskConfig& task;
  const Sample& sample;
  std::vector<double> log_probabilities;  ///< of the requests; empty for generation
  std::vector<bool> greedy;               ///< of the requests; empty for generation
  util::OrderedJson response;             ///< generation: what the filters left
};

struct Metric {
  std::string_view name;
  std::string_view aggregation;  ///< when the task names none
  bool higher_is_better = true;
  std::span<const OutputType> output_types;   ///< tasks it applies to
  std::span<const std::string_view> options;  ///< further keys of its metric_list entry
  /// Throws InputError if the sample cannot be scored.
  util::OrderedJson (*score)(const ScoreInput& input, const MetricConfig& config);
  /// Checks the options at loading, or nullptr. Throws InputError without a place; the caller adds it.
  void (*check)(const MetricConfig& config) = nullptr;
};

/// Every metric, from the files in src/eval/metrics (generated).
[[nodiscard]] std::span<const Metric* const> all_metrics();
[[nodiscard]] const Metric* find_metric(std::string_view name);

struct Aggregation {
  std::string_view name;
  double (*value)(std::span<const util::OrderedJson> values);
  /// By `resamples` where it is a bootstrap's (lm-eval's bootstrap_iters). Absent where lm-eval reports N/A.
  std::optional<double> (*standard_error)(std::span<const util::OrderedJson> values, std::size_t resamples);
};
[[nodiscard]] std::span<const Aggregation> all_aggregations();
[[nodiscard]] const Aggregation* find_aggregation(std::string_view name);

}  // namespace assay::eval
