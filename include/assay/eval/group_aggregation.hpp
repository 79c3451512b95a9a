// Scores of a group of tasks, as lm-evaluation-harness's api/group computes them from its leaf tasks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/eval/score.hpp"
#include "assay/eval/task.hpp"

namespace assay::eval {

/// A leaf task of the group, found through any number of subgroups.
struct GroupLeaf {
  std::string task;
  std::int64_t samples = 0;  ///< scored documents of the task: its weight
  std::span<const MetricResult> results;
};

struct GroupResult {
  MetricResult result;               ///< `samples` is the sum over the leaves that have the metric
  std::vector<std::string> missing;  ///< leaves that have no such metric under this filter
};

/// Mean of the leaves' values and its standard error: pooled over sizes, or that of the plain mean. No
/// standard error if a leaf has none. What no leaf has is left out.
[[nodiscard]] std::vector<GroupResult> aggregate_group(std::span<const GroupMetric> metrics,
                                                       std::span<const GroupLeaf> leaves);

/// sqrt(sum((n - 1) se^2 n) / (sum(n) - k) / sum(n)). Sizes >= 2, as many as standard errors.
[[nodiscard]] double pooled_standard_error(std::span<const double> errors,
                                           std::span<const std::int64_t> sizes);

}  // namespace assay::eval
