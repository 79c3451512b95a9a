// Rolling perplexities: the text whose words or bytes a log-probability is divided by.
#pragma once

#include <string>

#include "eval/metric.hpp"

namespace assay::eval {

/// The text that was scored, or what the task's process_results function counts instead.
[[nodiscard]] std::string counted_text(const ScoreInput& input);

}  // namespace assay::eval
