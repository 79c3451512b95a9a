// From completions to metrics, with lm-evaluation-harness's arithmetic.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/engine/request.hpp"
#include "assay/eval/task.hpp"

namespace assay::eval {

/// A sample under one filter pipeline: what lm-eval writes as one line of a samples file.
struct SampleScore {
  std::string filter;                   ///< "none", "strict-match", ...
  util::OrderedJson filtered_response;  ///< lm-eval's filtered_resps
  /// Per-sample value by metric; a number, or for aggregations over pairs (weighted perplexities) an array.
  std::map<std::string, util::OrderedJson> metrics;
};

/// The Python programs whose verdicts score_sample() wants, in its order; none for most tasks. `completions`
/// in the order of sample.requests.
[[nodiscard]] std::vector<std::string> programs_to_run(const TaskConfig& task, const Sample& sample,
                                                       const std::vector<engine::Completion>& completions);

/// `passed`: for each of programs_to_run() whether it ended well.
[[nodiscard]] std::vector<SampleScore> score_sample(const TaskConfig& task, const Sample& sample,
                                                    const std::vector<engine::Completion>& completions,
                                                    const std::vector<bool>& passed = {});

struct MetricResult {
  std::string metric;
  std::string filter;
  double value = 0;
  std::optional<double> standard_error;  ///< absent where lm-eval says N/A
  std::int64_t samples = 0;
  bool higher_is_better = true;
};

/// Aggregates over all samples in document order; `scores[i]` are the scores of sample i. A metric that a
/// process_results function leaves out of some samples is that of the others.
[[nodiscard]] std::vector<MetricResult> aggregate(const TaskConfig& task,
                                                  const std::vector<std::vector<SampleScore>>& scores);

}  // namespace assay::eval
