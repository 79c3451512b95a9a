// Groups of tasks in a results file: their definitions as JSON, and their metrics from those of the tasks.
#pragma once

#include <string>
#include <vector>

#include "assay/results/results_reader.hpp"
#include "assay/util/json.hpp"

namespace assay::results {

/// Definitions as stored: an object whose "groups" is a list of objects with the keys group, alias, task,
/// aggregate_metric_list, metadata.
[[nodiscard]] util::OrderedJson to_json(const std::vector<eval::TaskGroup>& groups);
/// Throws InputError beginning with `where` for anything else.
[[nodiscard]] std::vector<eval::TaskGroup> groups_from_json(const util::OrderedJson& json,
                                                            const std::string& where);

/// What is known of a task when groups are computed.
struct GroupedTask {
  std::int64_t samples = 0;
  std::vector<eval::MetricResult> metrics;
};
/// `tasks`: those that are finished, by name.
[[nodiscard]] std::vector<GroupSummary> summarize_groups(const std::vector<eval::TaskGroup>& groups,
                                                         const std::map<std::string, GroupedTask>& tasks);

}  // namespace assay::results
