// A task's configuration as lm-evaluation-harness 0.4.13 writes it into results files.
#pragma once

#include "assay/eval/task.hpp"
#include "assay/util/json.hpp"

namespace assay::results {

/// One entry of "configs": lm-eval's keys in its order, its defaults included, absent values left out.
[[nodiscard]] util::OrderedJson lm_eval_config(const eval::TaskConfig& task, int num_fewshot);

}  // namespace assay::results
