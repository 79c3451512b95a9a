// Reads back the HDF5 group of one task. Layout: FORMAT.md.
#pragma once

#include "assay/results/results_reader.hpp"
#include "results/hdf5/read.hpp"

namespace assay::results {

[[nodiscard]] TaskSummary read_task_summary(const hdf5::Group& task);
/// `samples`: how many the task's summary says.
[[nodiscard]] TaskSamples read_task_samples(const hdf5::Group& task, std::int64_t samples);

}  // namespace assay::results
