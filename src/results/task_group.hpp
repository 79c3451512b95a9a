// The HDF5 group of one task. Layout: FORMAT.md.
#pragma once

#include <string>

#include "assay/results/results_file.hpp"
#include "results/hdf5/handle.hpp"

namespace assay::results {

/// Name of a task's group below /tasks: the task's name with "%", "/" and characters below 0x21
/// percent-encoded, and the names "." and ".." too.
[[nodiscard]] std::string group_name(const std::string& task);

/// Creates the group "metrics" below `parent`.
void write_metrics(hid_t parent, const std::vector<eval::MetricResult>& metrics);

/// Creates the task's group below `tasks`. It depends on nothing but what the task was asked and answered.
void write_task_group(hid_t tasks, const TaskResult& result);

}  // namespace assay::results
